package dev.graft.core.insight;

import java.util.Locale;

/**
 * A mean of independent runs and how far it can be trusted: with 95 % confidence the mean of many
 * more lies within {@code mean ± half}, by Student's distribution.
 *
 * @param mean of the runs
 * @param half half of the interval's length; NaN for a single run
 * @param runs how many there were
 */
public record Interval(double mean, double half, int runs) {

  /** Quantiles for 97.5 %, by degrees of freedom from 1. */
  private static final double[] STUDENT = {
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281
  };

  /**
   * That of some results.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Interval of(double... results) {
    int n = results.length;
    if (n == 0) {
      throw new IllegalArgumentException("an interval needs at least one result");
    }
    double mean = 0;
    for (double result : results) {
      mean += result / n;
    }
    double squares = 0;
    for (double result : results) {
      squares += (result - mean) * (result - mean);
    }
    double half = n < 2 ? Double.NaN : student(n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Interval(mean, half, n);
  }

  /** Beyond the table by the expansion of Cornish and Fisher, to 0.002. */
  private static double student(int freedom) {
    if (freedom <= STUDENT.length) {
      return STUDENT[freedom - 1];
    }
    double z = 1.959964;
    return z
        + z * (z * z + 1) / (4 * freedom)
        + z * (5 * Math.pow(z, 4) + 16 * z * z + 3) / (96.0 * freedom * freedom);
  }

  /** Whether all of the interval lies above a value. */
  public boolean isAbove(double value) {
    return mean - half > value;
  }

  /** Whether all of the interval lies below a value. */
  public boolean isBelow(double value) {
    return mean + half < value;
  }

  /**
   * As people read it: {@code 81.2 ± 3.4}, without the half where there is none.
   *
   * @param scale that both are multiplied by, such as 100 for per cent
   */
  public String text(double scale) {
    String of = String.format(Locale.ROOT, "%.1f", scale * mean);
    return Double.isNaN(half) ? of : of + String.format(Locale.ROOT, " ± %.1f", scale * half);
  }
}
