package dev.graft.core.train;

import java.util.List;

/**
 * Ends a phase when the validation loss has stopped improving.
 *
 * @param patience number of epochs without improvement after which it ends, at least 1
 * @param least an improvement counts only if the loss falls by more than this share of it
 */
public record EarlyStopping(int patience, double least) {

  /** Watches, and never ends a phase. */
  static final EarlyStopping NEVER = new EarlyStopping(Integer.MAX_VALUE, 0);

  /**
   * @throws IllegalArgumentException if patience is below 1 or least negative
   */
  public EarlyStopping {
    if (patience < 1 || !(least >= 0)) {
      throw new IllegalArgumentException(
          "early stopping expects a patience of at least 1 and a least improvement of at least 0,"
              + " found "
              + patience
              + " and "
              + least);
    }
  }

  /** Watches one phase. */
  final class Watch {
    private double best = Double.POSITIVE_INFINITY;
    private int idle;

    private Watch() {}

    /** The lowest loss so far. */
    double best() {
      return best;
    }

    /** Whether it has said so. */
    boolean isStopped() {
      return idle >= patience;
    }

    /** Takes note of an epoch; returns whether to stop. */
    boolean stopAfter(double validationLoss) {
      if (validationLoss < best * (1 - least)) {
        best = validationLoss;
        idle = 0;
      } else {
        idle++;
      }
      return isStopped();
    }
  }

  /** Watches a phase in which these losses lie behind. */
  Watch watch(List<Double> losses) {
    Watch watch = new Watch();
    losses.forEach(watch::stopAfter);
    return watch;
  }
}
