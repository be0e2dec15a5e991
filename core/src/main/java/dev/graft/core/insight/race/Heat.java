package dev.graft.core.insight.race;

import dev.graft.core.insight.Interval;
import dev.graft.core.insight.race.Lane.Start;
import java.util.List;

/**
 * All ways to train on so many pictures.
 *
 * @param pictures of each class, at most
 * @param epochs of each run
 * @param lanes one for each {@link Start}, in their order
 */
public record Heat(int pictures, int epochs, List<Lane> lanes) {

  /** What can be said of transfer. */
  public enum Verdict {
    HELPS,
    NO_BETTER,
    HURTS,
    /** One seed tells nothing of how far the runs scatter. */
    ONE_SEED
  }

  public Heat {
    lanes = List.copyOf(lanes);
  }

  /** The lane of that start. */
  public Lane lane(Start start) {
    return lanes.get(start.ordinal());
  }

  /** The better of the two ways to transfer, by the mean. */
  public Lane transfer() {
    Lane frozen = lane(Start.FROZEN);
    Lane tuned = lane(Start.TUNED);
    return tuned.accuracy().mean() > frozen.accuracy().mean() ? tuned : frozen;
  }

  /**
   * What a lane gains over another, seed by seed: both met the same pictures, so that what these
   * are worth cancels.
   */
  public Interval gain(Lane lane, Lane over) {
    double[] gains = new double[lane.runs().size()];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = lane.runs().get(i).accuracy() - over.runs().get(i).accuracy();
    }
    return Interval.of(gains);
  }

  /** Whether transfer beats starting from scratch by more than the seeds scatter. */
  public Verdict verdict() {
    Interval gain = gain(transfer(), lane(Start.SCRATCH));
    if (Double.isNaN(gain.half())) {
      return Verdict.ONE_SEED;
    }
    return gain.isAbove(0) ? Verdict.HELPS : gain.isBelow(0) ? Verdict.HURTS : Verdict.NO_BETTER;
  }
}
