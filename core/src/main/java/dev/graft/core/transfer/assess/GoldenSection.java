package dev.graft.core.transfer.assess;

import java.util.function.DoubleUnaryOperator;

/** Where a function with one valley is lowest. */
public final class GoldenSection {

  private static final double RATIO = (Math.sqrt(5) - 1) / 2;

  /** Each leaves 0.62 of the interval: in the end less than 1e-10 of it. */
  private static final int ROUNDS = 50;

  private GoldenSection() {}

  /** Finds it within {@code [from, to]} by the golden section. */
  public static double lowest(DoubleUnaryOperator function, double from, double to) {
    double low = from;
    double high = to;
    for (int i = 0; i < ROUNDS; i++) {
      double left = high - RATIO * (high - low);
      double right = low + RATIO * (high - low);
      if (function.applyAsDouble(left) < function.applyAsDouble(right)) {
        high = right;
      } else {
        low = left;
      }
    }
    return (low + high) / 2;
  }
}
