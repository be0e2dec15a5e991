package dev.graft.core.transfer;

import dev.graft.core.train.Phase;
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
    double rate = course.rate(() -> course.tuningRate(course.headRate()));
    return Optional.of(course.phase("all", FreezeMask.NONE, rate, course.epochsLeft()));
  }
}
