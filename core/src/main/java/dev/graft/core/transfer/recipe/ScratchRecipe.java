package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Model;
import dev.graft.core.train.Phase;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.Optional;

/** Everything from the start, from new random weights. */
record ScratchRecipe() implements Recipe {

  @Override
  public String name() {
    return "scratch";
  }

  @Override
  public Model start(Model model, long seed) {
    return Surgery.reinitialize(model, seed);
  }

  @Override
  public Optional<Phase> next(Course course) {
    if (!course.past().isEmpty()) {
      return Optional.empty();
    }
    double rate = course.rate(course::headRate);
    return Optional.of(course.phase("scratch", FreezeMask.NONE, rate, course.epochsLeft()));
  }
}
