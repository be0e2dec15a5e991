package dev.graft.kernels.simd.reduction;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Maxima that heed NaN. Their value does not depend on the order, so {@code reduceLanes} may choose
 * it, as it may not with sums.
 */
public final class LaneMaxima {

  private LaneMaxima() {}

  /** Largest of n elements, NaN if any is; negative infinity of none. */
  public static float max(int n, float[] x, int xo) {
    float largest = Float.NEGATIVE_INFINITY;
    if (n < COUNT) {
      for (int i = 0; i < n; i++) {
        largest = Math.max(largest, x[xo + i]);
      }
      return largest;
    }
    // Starts with the last vector: what it shares with the one before does not matter.
    FloatVector max0 = FloatVector.fromArray(FLOATS, x, xo + n - COUNT);
    FloatVector max1 = max0;
    int i = 0;
    for (; i <= n - 2 * COUNT; i += 2 * COUNT) {
      max0 = max0.max(FloatVector.fromArray(FLOATS, x, xo + i));
      max1 = max1.max(FloatVector.fromArray(FLOATS, x, xo + i + COUNT));
    }
    if (i <= n - COUNT) {
      max0 = max0.max(FloatVector.fromArray(FLOATS, x, xo + i));
    }
    return max0.max(max1).reduceLanes(VectorOperators.MAX);
  }

  /** {@code maxima = max(maxima, x)}, element by element. */
  public static void max(int n, float[] x, int xo, float[] maxima, int mo) {
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
