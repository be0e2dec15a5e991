package dev.graft.bench.peers;

/** Whether two engines computed the same. */
final class Agreement {

  /** Sums of thousands of products in another order differ by some 1e-5 after twenty layers. */
  static final double TOLERANCE = 1e-3;

  private Agreement() {}

  /** The largest difference, relative to the largest magnitude of {@code expected}. */
  static double difference(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return Double.POSITIVE_INFINITY;
    }
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - found[i]);
      if (Double.isNaN(difference)) {
        return Double.POSITIVE_INFINITY;
      }
      worst = Math.max(worst, difference);
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return worst == 0 ? 0 : worst / scale;
  }
}
