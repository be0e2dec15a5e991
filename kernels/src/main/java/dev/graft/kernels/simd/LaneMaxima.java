package dev.graft.kernels.simd;

import static dev.graft.kernels.simd.Lanes.COUNT;
import static dev.graft.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Maxima that heed NaN. The order does not matter to their value. */
final class LaneMaxima {

  private LaneMaxima() {}

  /** Largest of n elements, NaN if any is; negative infinity of none. */
  static float max(int n, float[] x, int xo, float[] lanes) {
    float largest = Float.NEGATIVE_INFINITY;
    int i = 0;
    if (n >= 2 * COUNT) {
      FloatVector max0 = FloatVector.fromArray(FLOATS, x, xo);
      FloatVector max1 = FloatVector.fromArray(FLOATS, x, xo + COUNT);
      for (i = 2 * COUNT; i <= n - 2 * COUNT; i += 2 * COUNT) {
        max0 = max0.max(FloatVector.fromArray(FLOATS, x, xo + i));
        max1 = max1.max(FloatVector.fromArray(FLOATS, x, xo + i + COUNT));
      }
      max0.max(max1).intoArray(lanes, 0);
      for (int lane = 0; lane < COUNT; lane++) {
        largest = Math.max(largest, lanes[lane]);
      }
    }
    for (; i < n; i++) {
      largest = Math.max(largest, x[xo + i]);
    }
    return largest;
  }

  /** {@code maxima = max(maxima, x)}, element by element. */
  static void max(int n, float[] x, int xo, float[] maxima, int mo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      FloatVector.fromArray(FLOATS, maxima, mo + i).max(v).intoArray(maxima, mo + i);
    }
    for (; i < n; i++) {
      maxima[mo + i] = Math.max(maxima[mo + i], x[xo + i]);
    }
  }
}
