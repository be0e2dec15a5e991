package dev.graft.kernels.simd.image;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.kernels.simd.vector.KernelForm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Maxima of windows over a {@link PaddedPlane}, a vector of neighbouring windows at a time. */
public final class WindowMaxima {

  private static final KernelForm FORM =
      new KernelForm("maxima of windows", new RowTrials.Maxima());

  private WindowMaxima() {}

  /** Maxima for rows of outputs; up to the next multiple of a vector is written in each. */
  public static void best(
      int rows, int width, float[] x, int at, int step, int[] taps, float[] y, int yo, int yStep) {
    if (FORM.isVector((long) rows * width * taps.length)) {
      rows(rows, width, x, at, step, taps, y, yo, yStep);
    } else {
      PlainRows.maxima(rows, width, x, at, step, taps, y, yo, yStep);
    }
  }

  static void rows(
      int rows, int width, float[] x, int at, int step, int[] taps, float[] y, int yo, int yStep) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i += COUNT) {
        int from = at + row * step + i;
        FloatVector best = FloatVector.fromArray(FLOATS, x, from + taps[0]);
        for (int k = 1; k < taps.length; k++) {
          best = best.max(FloatVector.fromArray(FLOATS, x, from + taps[k]));
        }
        best.intoArray(y, yo + row * yStep + i);
      }
    }
  }

  /**
   * The same with the number of the tap that won, the first one of equals, and of NaN; -1 where all
   * are negative infinity.
   */
  public static void rowsWithWinners(
      int rows,
      int width,
      float[] x,
      int at,
      int step,
      int[] taps,
      float[] y,
      int yo,
      float[] winners,
      int wo,
      int yStep) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i += COUNT) {
        int from = at + row * step + i;
        FloatVector best = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        FloatVector winner = FloatVector.broadcast(FLOATS, -1f);
        for (int k = 0; k < taps.length; k++) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, from + taps[k]);
          VectorMask<Float> stays =
              v.compare(VectorOperators.LE, best).or(best.compare(VectorOperators.NE, best));
          best = v.blend(best, stays);
          winner = FloatVector.broadcast(FLOATS, (float) k).blend(winner, stays);
        }
        best.intoArray(y, yo + row * yStep + i);
        winner.intoArray(winners, wo + row * yStep + i);
      }
    }
  }

  /** Whether any of n numbers is negative. */
  public static boolean anyNegative(int n, float[] x, int xo) {
    int i = 0;
    FloatVector least = FloatVector.zero(FLOATS);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      least = least.blend(v, v.compare(VectorOperators.LT, least));
    }
    boolean any = least.compare(VectorOperators.LT, 0f).anyTrue();
    for (; i < n; i++) {
      any |= x[xo + i] < 0;
    }
    return any;
  }
}
