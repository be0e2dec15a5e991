package dev.graft.core.transfer.recipe;

import dev.graft.core.train.Phase;
import dev.graft.core.train.PhaseEnd;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The head alone until it stops improving, then more and more of the network from the top, a part
 * at a time: what is general is touched last (Howard and Ruder, "Universal Language Model
 * Fine-tuning", ACL 2018).
 */
record GradualRecipe() implements Recipe {

  /** Parts of the trunk that are freed one after the other. */
  private static final int PARTS = 4;

  /** Epochs without a lower validation loss after which the next part is freed. */
  private static final int PATIENCE = 2;

  @Override
  public String name() {
    return "gradual";
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
    Blocks blocks = course.blocks();
    int trunk = blocks.count() - 1;
    int parts = Math.min(Math.min(PARTS, trunk), course.epochs() - 1);
    int part = course.past().size();
    if (part > parts || course.epochsLeft() == 0) {
      return Optional.empty();
    }
    int epochs = (course.epochsLeft() + parts - part) / (parts + 1 - part);
    double rate = course.rate(course::headRate);
    if (part == 0) {
      return Optional.of(course.head(rate, epochs, Course.HEAD_PATIENCE));
    }
    boolean isLast = part == parts;
    int behindHead = course.epochs() - course.past().get(0).epochs();
    int open = 1 + (trunk * part + parts - 1) / parts;
    Phase phase =
        course.phase(
            isLast ? "all" : "top" + part,
            FreezeMask.of(blocks.below(open)),
            course.tuningRate(rate, behindHead),
            epochs,
            isLast ? 0 : PATIENCE);
    PhaseEnd before = course.past().get(part - 1);
    return Optional.of(
        phase.because(
            (isLast ? "everything is free" : open + " of " + blocks.count() + " blocks are free")
                + ", since "
                + before.name()
                + " ended: "
                + before.reason()));
  }
}
