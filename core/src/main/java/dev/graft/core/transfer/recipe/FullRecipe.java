package dev.graft.core.transfer.recipe;

import dev.graft.core.train.Phase;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Optional;

/** Everything from the start, from the given weights. */
record FullRecipe() implements Recipe {

  @Override
  public String name() {
    return "full";
  }

  @Override
  public Optional<Phase> next(Course course) {
    if (!course.past().isEmpty()) {
      return Optional.empty();
    }
    int epochs = course.epochsLeft();
    double rate = course.rate(() -> course.tuningRate(course.headRate(), epochs));
    return Optional.of(course.phase("all", FreezeMask.NONE, rate, epochs));
  }
}
