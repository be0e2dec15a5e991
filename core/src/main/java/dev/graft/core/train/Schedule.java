package dev.graft.core.train;

/** How the learning rate changes over a phase of training. */
@FunctionalInterface
public interface Schedule {

  /**
   * The factor on the learning rate.
   *
   * @param step number of this step within the phase, from 0
   * @param steps number of steps in the phase, at least 1
   */
  double factor(int step, int steps);

  /** Always 1. */
  static Schedule constant() {
    return (step, steps) -> 1;
  }

  /**
   * Half a cosine from 1 to 0: {@code (1 + cos(π step / steps)) / 2} (Loshchilov and Hutter, ICLR
   * 2017, equation 5, without restarts).
   */
  static Schedule cosine() {
    return (step, steps) -> (1 + StrictMath.cos(Math.PI * step / steps)) / 2;
  }

  /** This schedule behind a linear rise over the first {@code warmUp} steps. */
  default Schedule withWarmUp(int warmUp) {
    return (step, steps) -> {
      int rise = Math.min(warmUp, steps - 1);
      return step < rise ? (step + 1.0) / (rise + 1) : factor(step - rise, steps - rise);
    };
  }
}
