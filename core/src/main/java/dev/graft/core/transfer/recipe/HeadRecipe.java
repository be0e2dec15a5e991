package dev.graft.core.transfer.recipe;

import dev.graft.core.train.Phase;
import java.util.Optional;

/** The head alone, on features that are computed once: for small data, or as a baseline. */
record HeadRecipe() implements Recipe {

  @Override
  public String name() {
    return "head";
  }

  @Override
  public Optional<Phase> next(Course course) {
    return course.past().isEmpty()
        ? Optional.of(course.head(course.rate(course::headRate), course.epochsLeft(), 0))
        : Optional.empty();
  }
}
