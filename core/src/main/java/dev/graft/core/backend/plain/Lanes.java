package dev.graft.core.backend.plain;

/**
 * Sums with an explicit tree. A loop that adds into one float cannot be vectorised, for its order
 * is part of the result; adding into as many lanes as a row has columns can, and the lanes are then
 * folded by halves.
 */
final class Lanes {

  private Lanes() {}

  /** Sum of {@code lanes[0…n)}, which are overwritten. */
  static float sum(float[] lanes, int n) {
    if (n == 0) {
      return 0f;
    }
    for (int left = n; left > 1; ) {
      int half = (left + 1) / 2;
      for (int j = 0; j < left - half; j++) {
        lanes[j] += lanes[half + j];
      }
      left = half;
    }
    return lanes[0];
  }

  /** Largest of {@code x[0…n)}, NaN if any is; negative infinity for n = 0. */
  static float max(float[] x, int n) {
    // Four chains: a maximum that heeds NaN takes several dependent instructions.
    float max0 = Float.NEGATIVE_INFINITY;
    float max1 = max0;
    float max2 = max0;
    float max3 = max0;
    int j = 0;
    for (; j + 4 <= n; j += 4) {
      max0 = Math.max(max0, x[j]);
      max1 = Math.max(max1, x[j + 1]);
      max2 = Math.max(max2, x[j + 2]);
      max3 = Math.max(max3, x[j + 3]);
    }
    for (; j < n; j++) {
      max0 = Math.max(max0, x[j]);
    }
    return Math.max(Math.max(max0, max1), Math.max(max2, max3));
  }

  /** {@code sums += x}. */
  static void add(float[] sums, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += x[j];
    }
  }

  /** {@code maxima = max(maxima, x)}. */
  static void max(float[] maxima, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      maxima[j] = Math.max(maxima[j], x[j]);
    }
  }
}
