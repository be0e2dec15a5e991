package dev.graft.core.transfer.recipe;

import dev.graft.core.data.Batches;
import dev.graft.core.train.Phase;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Decides by itself what is worth training: the head until it stops improving, on cached features;
 * then everything, if the head has left enough to learn, if the network can take it, and for as
 * many epochs as the time allows. A phase that no longer pays ends.
 */
record AutoRecipe() implements Recipe {

  /** Of the loss of a guess: what a head must leave for the trunk to be worth moving. */
  private static final double ENOUGH_LEFT = 0.15;

  /** Pictures a class below which a network without normalisation is spoilt rather than tuned. */
  private static final int ENOUGH_PICTURES = 500;

  private static final int PATIENCE = 4;

  /** Steps that an epoch should have: fewer leave a head far from what it could learn. */
  private static final int STEPS_PER_EPOCH = 6;

  /** Below this BatchNormalization would learn from too few pictures at a time. */
  private static final int SMALLEST_BATCH = 8;

  @Override
  public String name() {
    return "auto";
  }

  /** 32, or as many times halved as an epoch of enough steps takes. */
  @Override
  public int batchSize(int examples) {
    int size = Recipe.super.batchSize(examples);
    while (size > SMALLEST_BATCH && Batches.batches(examples, size) < STEPS_PER_EPOCH) {
      size /= 2;
    }
    return size;
  }

  /** Why batches are small; empty where they are not, or were asked for. */
  private String batchNote(Course course) {
    int usual = Recipe.super.batchSize(course.examples());
    int size = batchSize(course.examples());
    int steps = Batches.batches(course.examples(), usual);
    return course.batchSize().isPresent() || size == usual
        ? ""
        : String.format(
            Locale.ROOT,
            "; batches of %d, since %d pictures make only %d step%s an epoch of %d",
            size,
            course.examples(),
            steps,
            steps == 1 ? "" : "s",
            usual);
  }

  /**
   * One: of two heads that the held-out pictures cannot tell apart the one counts that was not
   * chosen by them (Breiman et al., "Classification and Regression Trees", 1984, 3.4.3). The best
   * of many epochs has the more luck with so few pictures.
   */
  @Override
  public OptionalDouble solvedHeadMargin() {
    return OptionalDouble.of(1);
  }

  @Override
  public Optional<Phase> next(Course course) {
    if (course.past().isEmpty()) {
      double rate = course.rate(course::headRate);
      int epochs = (course.epochsLeft() + 1) / 2;
      return Optional.of(
          course
              .head(rate, epochs, Course.HEAD_PATIENCE)
              .because("it costs little and shows what the trunk is worth" + batchNote(course)));
    }
    if (course.past().size() > 1 || course.epochsLeft() == 0 || !refusal(course).isEmpty()) {
      return Optional.empty();
    }
    Budget budget = course.budget();
    int epochs = Math.min(course.epochsLeft(), budget.epochs());
    double rate = course.tuningRate(course.rate(course::headRate), epochs);
    return Optional.of(
        course
            .phase("all", FreezeMask.NONE, rate, epochs, PATIENCE)
            .because(course.tuningReason(epochs) + "; " + budget.note()));
  }

  @Override
  public String reason(Course course) {
    return course.past().size() == 1 ? refusal(course) : "";
  }

  /** Why the trunk stays as it is; empty if it does not. */
  private static String refusal(Course course) {
    double left = course.left();
    if (left < ENOUGH_LEFT) {
      return String.format(
          Locale.ROOT,
          "the trunk stays as it is: the head alone leaves %.0f %% of the loss of a guess",
          100 * left);
    }
    if (!course.isNormalized() && course.picturesPerClass() < ENOUGH_PICTURES) {
      return "the trunk stays as it is: nothing normalises its activations, and "
          + course.picturesPerClass()
          + " pictures a class would sooner spoil than tune it";
    }
    return course.budget().epochs() == 0
        ? "the trunk stays as it is: " + course.budget().note()
        : "";
  }
}
