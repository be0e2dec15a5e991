package dev.graft.core.transfer.recipe;

import dev.graft.core.train.Phase;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The head alone until it stops improving, then everything, at a rate that is the lower the less
 * the head has left to learn ({@link Course#tuningRate}), rising gently.
 */
record StagedRecipe() implements Recipe {

  @Override
  public String name() {
    return "staged";
  }

  @Override
  public int leastEpochs() {
    return 2;
  }

  @Override
  public OptionalDouble solvedHeadMargin() {
    return OptionalDouble.of(0);
  }

  @Override
  public Optional<Phase> next(Course course) {
    double rate = course.rate(course::headRate);
    int epochs = course.epochsLeft();
    return switch (course.past().size()) {
      case 0 -> Optional.of(course.head(rate, (epochs + 1) / 2, Course.HEAD_PATIENCE));
      case 1 ->
          Optional.of(
              course
                  .phase("all", FreezeMask.NONE, course.tuningRate(rate, epochs), epochs)
                  .because(course.tuningReason(epochs)));
      default -> Optional.empty();
    };
  }
}
