package dev.graft.kernels.simd.image;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.kernels.simd.work.Spans;
import jdk.incubator.vector.FloatVector;

/**
 * Weighted sums of the taps of a {@link PaddedPlane}: {@code y = bias + Σ w[k] x[tap[k] + …]}.
 *
 * <p>Vectors run along rows. The two kernels for 3x3 go down a column of vectors and keep the sums
 * of the next rows in registers, so that a row is loaded once for all the outputs that it is part
 * of: loads that straddle cache lines, not multiplications, would be the bottleneck otherwise. They
 * take the columns from the last to the first, for {@link PlaneRows} wants a row's first elements
 * written after the end of the row above it.
 */
final class TapRows {

  private TapRows() {}

  /** Any kernel; four vectors of outputs share the read of a weight. */
  static void any(
      int rows,
      int width,
      float[] x,
      int at,
      int step,
      int[] taps,
      float[] w,
      int wo,
      float bias,
      float[] y,
      int yo,
      int yStep) {
    int row = 0;
    for (; row <= rows - 4; row += 4) {
      for (int i = Spans.ceil(width, COUNT) * COUNT - COUNT; i >= 0; i -= COUNT) {
        int from = at + row * step + i;
        four(x, from, step, taps, w, wo, bias, y, yo + row * yStep + i, yStep);
      }
    }
    for (; row < rows; row++) {
      int i = 0;
      for (; i <= width - 4 * COUNT; i += 4 * COUNT) {
        int from = at + row * step + i;
        four(x, from, COUNT, taps, w, wo, bias, y, yo + row * yStep + i, COUNT);
      }
      for (; i < width; i += COUNT) {
        one(x, at + row * step + i, taps, w, wo, bias, y, yo + row * yStep + i);
      }
    }
  }

  private static void four(
      float[] x,
      int from,
      int step,
      int[] taps,
      float[] w,
      int wo,
      float bias,
      float[] y,
      int yo,
      int yStep) {
    FloatVector sum0 = FloatVector.broadcast(FLOATS, bias);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, w[wo + k]);
      int tap = from + taps[k];
      sum0 = FloatVector.fromArray(FLOATS, x, tap).fma(weight, sum0);
      sum1 = FloatVector.fromArray(FLOATS, x, tap + step).fma(weight, sum1);
      sum2 = FloatVector.fromArray(FLOATS, x, tap + 2 * step).fma(weight, sum2);
      sum3 = FloatVector.fromArray(FLOATS, x, tap + 3 * step).fma(weight, sum3);
    }
    sum0.intoArray(y, yo);
    sum1.intoArray(y, yo + yStep);
    sum2.intoArray(y, yo + 2 * yStep);
    sum3.intoArray(y, yo + 3 * yStep);
  }

  private static void one(
      float[] x, int from, int[] taps, float[] w, int wo, float bias, float[] y, int yo) {
    FloatVector sum = FloatVector.broadcast(FLOATS, bias);
    for (int k = 0; k < taps.length; k++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, w[wo + k]);
      sum = FloatVector.fromArray(FLOATS, x, from + taps[k]).fma(weight, sum);
    }
    sum.intoArray(y, yo);
  }

  /** 3x3 where a row of the kernel is a row of outputs further: stride and dilation 1 downwards. */
  static void threeDense(
      int rows,
      int width,
      float[] x,
      int at,
      int step,
      int[] taps,
      float[] w,
      int wo,
      float bias,
      float[] y,
      int yo,
      int yStep) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, w[wo]);
    FloatVector w1 = FloatVector.broadcast(FLOATS, w[wo + 1]);
    FloatVector w2 = FloatVector.broadcast(FLOATS, w[wo + 2]);
    FloatVector w3 = FloatVector.broadcast(FLOATS, w[wo + 3]);
    FloatVector w4 = FloatVector.broadcast(FLOATS, w[wo + 4]);
    FloatVector w5 = FloatVector.broadcast(FLOATS, w[wo + 5]);
    FloatVector w6 = FloatVector.broadcast(FLOATS, w[wo + 6]);
    FloatVector w7 = FloatVector.broadcast(FLOATS, w[wo + 7]);
    FloatVector w8 = FloatVector.broadcast(FLOATS, w[wo + 8]);
    FloatVector start = FloatVector.broadcast(FLOATS, bias);
    int tap1 = taps[1] - taps[0];
    int tap2 = taps[2] - taps[0];
    for (int i = Spans.ceil(width, COUNT) * COUNT - COUNT; i >= 0; i -= COUNT) {
      int from = at + taps[0] + i;
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, from);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + tap1);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, from + tap2);
      FloatVector first = x2.fma(w2, x1.fma(w1, x0.fma(w0, start)));
      from += step;
      x0 = FloatVector.fromArray(FLOATS, x, from);
      x1 = FloatVector.fromArray(FLOATS, x, from + tap1);
      x2 = FloatVector.fromArray(FLOATS, x, from + tap2);
      first = x2.fma(w5, x1.fma(w4, x0.fma(w3, first)));
      FloatVector second = x2.fma(w2, x1.fma(w1, x0.fma(w0, start)));
      int to = yo + i;
      for (int row = 0; row < rows; row++) {
        from += step;
        x0 = FloatVector.fromArray(FLOATS, x, from);
        x1 = FloatVector.fromArray(FLOATS, x, from + tap1);
        x2 = FloatVector.fromArray(FLOATS, x, from + tap2);
        x2.fma(w8, x1.fma(w7, x0.fma(w6, first))).intoArray(y, to);
        to += yStep;
        first = x2.fma(w5, x1.fma(w4, x0.fma(w3, second)));
        second = x2.fma(w2, x1.fma(w1, x0.fma(w0, start)));
      }
    }
  }

  /** 3x3 where the last row of the kernel is a row of outputs further: stride 2 downwards. */
  static void threeStrided(
      int rows,
      int width,
      float[] x,
      int at,
      int step,
      int[] taps,
      float[] w,
      int wo,
      float bias,
      float[] y,
      int yo,
      int yStep) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, w[wo]);
    FloatVector w1 = FloatVector.broadcast(FLOATS, w[wo + 1]);
    FloatVector w2 = FloatVector.broadcast(FLOATS, w[wo + 2]);
    FloatVector w3 = FloatVector.broadcast(FLOATS, w[wo + 3]);
    FloatVector w4 = FloatVector.broadcast(FLOATS, w[wo + 4]);
    FloatVector w5 = FloatVector.broadcast(FLOATS, w[wo + 5]);
    FloatVector w6 = FloatVector.broadcast(FLOATS, w[wo + 6]);
    FloatVector w7 = FloatVector.broadcast(FLOATS, w[wo + 7]);
    FloatVector w8 = FloatVector.broadcast(FLOATS, w[wo + 8]);
    FloatVector start = FloatVector.broadcast(FLOATS, bias);
    int tap1 = taps[1] - taps[0];
    int tap2 = taps[2] - taps[0];
    int below = taps[3] - taps[0];
    for (int i = Spans.ceil(width, COUNT) * COUNT - COUNT; i >= 0; i -= COUNT) {
      int from = at + taps[0] + i;
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, from);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, from + tap1);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, from + tap2);
      FloatVector sum = x2.fma(w2, x1.fma(w1, x0.fma(w0, start)));
      int to = yo + i;
      for (int row = 0; row < rows; row++) {
        x0 = FloatVector.fromArray(FLOATS, x, from + below);
        x1 = FloatVector.fromArray(FLOATS, x, from + below + tap1);
        x2 = FloatVector.fromArray(FLOATS, x, from + below + tap2);
        sum = x2.fma(w5, x1.fma(w4, x0.fma(w3, sum)));
        from += step;
        x0 = FloatVector.fromArray(FLOATS, x, from);
        x1 = FloatVector.fromArray(FLOATS, x, from + tap1);
        x2 = FloatVector.fromArray(FLOATS, x, from + tap2);
        x2.fma(w8, x1.fma(w7, x0.fma(w6, sum))).intoArray(y, to);
        to += yStep;
        sum = x2.fma(w2, x1.fma(w1, x0.fma(w0, start)));
      }
    }
  }
}
