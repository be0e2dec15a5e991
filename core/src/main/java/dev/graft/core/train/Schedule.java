package dev.graft.core.train;

import java.util.List;

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

  /**
   * The same for a schedule that looks at how training goes.
   *
   * @param losses validation losses of the phase's epochs so far
   */
  default double factor(int step, int steps, List<Double> losses) {
    return factor(step, steps);
  }

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

  /**
   * The cosine begun again and again, each time over twice as many steps (Loshchilov and Hutter,
   * "SGDR", ICLR 2017, with T_mult 2): 3 cycles have a seventh, two and four sevenths of the phase.
   *
   * @param cycles their number, at least 1
   * @throws IllegalArgumentException if there are none, or more than 30
   */
  static Schedule cosineRestarts(int cycles) {
    if (cycles < 1 || cycles > 30) {
      throw new IllegalArgumentException("expected 1 to 30 cycles, found " + cycles);
    }
    return (step, steps) -> {
      double length = steps / (double) ((1L << cycles) - 1);
      double from = 0;
      for (int cycle = 1; cycle < cycles && step >= from + length; cycle++) {
        from += length;
        length *= 2;
      }
      return (1 + StrictMath.cos(Math.PI * (step - from) / length)) / 2;
    };
  }

  /**
   * One cycle: half a cosine from 1/25 up to 1 over the first three tenths, then one down to
   * 1/250000 (Smith and Topin, "Super-Convergence", 2018, with the numbers of PyTorch's
   * OneCycleLR).
   */
  static Schedule oneCycle() {
    return (step, steps) -> {
      double top = 0.3 * steps - 1;
      double last = steps - 1.0;
      return step <= top
          ? between(1.0 / 25, 1, top <= 0 ? 1 : step / top)
          : between(1, 1 / 250_000.0, last <= top ? 1 : (step - top) / (last - top));
    };
  }

  private static double between(double from, double to, double share) {
    return to + (from - to) / 2 * (1 + StrictMath.cos(Math.PI * share));
  }

  /** This schedule behind a linear rise over the first {@code warmUp} steps. */
  default Schedule withWarmUp(int warmUp) {
    Schedule behind = this;
    return new Schedule() {
      @Override
      public double factor(int step, int steps) {
        return factor(step, steps, List.of());
      }

      @Override
      public double factor(int step, int steps, List<Double> losses) {
        int rise = Math.min(warmUp, steps - 1);
        return step < rise
            ? (step + 1.0) / (rise + 1)
            : behind.factor(step - rise, steps - rise, losses);
      }
    };
  }
}
