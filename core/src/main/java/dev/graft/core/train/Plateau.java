package dev.graft.core.train;

import java.util.List;

/**
 * Lowers the rate each time that the validation loss has stopped improving: what the field calls
 * reduce on plateau.
 *
 * @param by factor on the rate each time, in (0, 1)
 * @param patience epochs without a lower loss after which the rate falls, at least 1; they are
 *     counted anew then
 */
public record Plateau(double by, int patience) implements Schedule {

  /** A loss counts as lower by this share; less is noise. */
  private static final double LEAST = 1e-4;

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public Plateau {
    if (!(by > 0 && by < 1) || patience < 1) {
      throw new IllegalArgumentException(
          "a plateau expects a factor in (0, 1) and a patience of at least 1, found "
              + by
              + " and "
              + patience);
    }
  }

  /** The factor before anything is validated. */
  @Override
  public double factor(int step, int steps) {
    return 1;
  }

  @Override
  public double factor(int step, int steps, List<Double> losses) {
    double factor = 1;
    double lowest = Double.POSITIVE_INFINITY;
    int idle = 0;
    for (double loss : losses) {
      if (loss < lowest * (1 - LEAST)) {
        lowest = loss;
        idle = 0;
      } else if (++idle == patience) {
        factor *= by;
        idle = 0;
      }
    }
    return factor;
  }
}
