package dev.graft.cli.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of numbers and where its ticks stand: at multiples of 1, 2 or 5 times a power of ten.
 *
 * @param low the first tick
 * @param high the last tick, above {@code low}
 * @param step from tick to tick
 */
record Axis(double low, double high, double step) {

  /** Most ticks on an axis. */
  private static final int TICKS = 6;

  /** Ranges that are a smaller share of their numbers are none: ticks could not be told apart. */
  private static final double NARROWEST = 1e-6;

  /** The narrowest axis around finite numbers. */
  static Axis around(double least, double most) {
    double low = least;
    double high = most;
    double size = Math.max(Math.abs(low), Math.abs(high));
    if (high - low <= NARROWEST * size) {
      double margin = size == 0 ? 1 : size * 0.1;
      low -= margin;
      high += margin;
    }
    double step = step(high - low, TICKS - 1);
    return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, step);
  }

  /** The same for numbers that count something: ticks are whole, and ends are as they are. */
  static Axis counting(double least, double most) {
    double high = most > least ? most : least + 1;
    return new Axis(least, high, Math.max(1, step(high - least, TICKS)));
  }

  private static double step(double range, int parts) {
    double power = Math.pow(10, Math.floor(Math.log10(range / parts)));
    for (int factor : new int[] {1, 2, 5}) {
      if (power * factor * parts >= range * (1 - 1e-9)) {
        return power * factor;
      }
    }
    return 10 * power;
  }

  /** Where a number lies, 0 at the low end and 1 at the high one. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  /** The numbers at which ticks stand, within the range. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    double first = Math.ceil(low / step - 1e-9);
    for (int i = 0; (first + i) * step <= high + step * 1e-6; i++) {
      ticks.add((first + i) * step);
    }
    return ticks;
  }

  /** A tick as it is written, without what floating point adds to it. */
  static String label(double tick) {
    BigDecimal rounded = new BigDecimal(tick).round(new MathContext(6)).stripTrailingZeros();
    double size = Math.abs(tick);
    return size != 0 && (size < 1e-4 || size >= 1e6) ? rounded.toString() : rounded.toPlainString();
  }
}
