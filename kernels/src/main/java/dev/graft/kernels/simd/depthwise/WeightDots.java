package dev.graft.kernels.simd.depthwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Nine dot products at a time of one run of gradients. */
final class WeightDots {

  /** Dot products in one group. */
  static final int TAPS = 9;

  /** Floats that the sums of a group take: a vector each. */
  static final int LANES = TAPS * COUNT;

  private WeightDots() {}

  /**
   * {@code lanes[k] += Σ dy[i] x[taps[first + k] + i]} for nine taps; behind the last, it repeats.
   */
  static void nine(int n, float[] dy, float[] x, int[] taps, int first, float[] lanes, int at) {
    int last = taps.length - 1;
    int t0 = taps[first];
    int t1 = taps[Math.min(last, first + 1)];
    int t2 = taps[Math.min(last, first + 2)];
    int t3 = taps[Math.min(last, first + 3)];
    int t4 = taps[Math.min(last, first + 4)];
    int t5 = taps[Math.min(last, first + 5)];
    int t6 = taps[Math.min(last, first + 6)];
    int t7 = taps[Math.min(last, first + 7)];
    int t8 = taps[Math.min(last, first + 8)];
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, at);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, at + COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, at + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, at + 3 * COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, lanes, at + 4 * COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, lanes, at + 5 * COUNT);
    FloatVector s6 = FloatVector.fromArray(FLOATS, lanes, at + 6 * COUNT);
    FloatVector s7 = FloatVector.fromArray(FLOATS, lanes, at + 7 * COUNT);
    FloatVector s8 = FloatVector.fromArray(FLOATS, lanes, at + 8 * COUNT);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector d = FloatVector.fromArray(FLOATS, dy, i);
      s0 = FloatVector.fromArray(FLOATS, x, t0 + i).fma(d, s0);
      s1 = FloatVector.fromArray(FLOATS, x, t1 + i).fma(d, s1);
      s2 = FloatVector.fromArray(FLOATS, x, t2 + i).fma(d, s2);
      s3 = FloatVector.fromArray(FLOATS, x, t3 + i).fma(d, s3);
      s4 = FloatVector.fromArray(FLOATS, x, t4 + i).fma(d, s4);
      s5 = FloatVector.fromArray(FLOATS, x, t5 + i).fma(d, s5);
      s6 = FloatVector.fromArray(FLOATS, x, t6 + i).fma(d, s6);
      s7 = FloatVector.fromArray(FLOATS, x, t7 + i).fma(d, s7);
      s8 = FloatVector.fromArray(FLOATS, x, t8 + i).fma(d, s8);
    }
    s0.intoArray(lanes, at);
    s1.intoArray(lanes, at + COUNT);
    s2.intoArray(lanes, at + 2 * COUNT);
    s3.intoArray(lanes, at + 3 * COUNT);
    s4.intoArray(lanes, at + 4 * COUNT);
    s5.intoArray(lanes, at + 5 * COUNT);
    s6.intoArray(lanes, at + 6 * COUNT);
    s7.intoArray(lanes, at + 7 * COUNT);
    s8.intoArray(lanes, at + 8 * COUNT);
  }

  /**
   * 3x3 with rows of the kernel a row of outputs apart: goes down each column of vectors, so that a
   * row of x meets the gradients of three rows while it is in registers.
   *
   * @param dy rows {@code dyStep} apart, a multiple of a vector, zero where there is no output,
   *     with two rows of zeros before the first and behind the last
   */
  static void three(
      int rows, int dyStep, float[] dy, float[] x, int step, int[] taps, float[] lanes, int at) {
    for (int i = 0; i < dyStep; i += COUNT) {
      column(rows + 2, dy, i, dyStep, x, taps[0] + i, step, taps, lanes, at);
    }
  }

  // A loop of its own: of two nested ones, C2 of JDK 17 keeps the sums of the outer in objects.
  private static void column(
      int rows,
      float[] dy,
      int to,
      int dyStep,
      float[] x,
      int from,
      int step,
      int[] taps,
      float[] lanes,
      int at) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, at);
    FloatVector s1 = FloatVector.fromArray(FLOATS, lanes, at + COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, lanes, at + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, lanes, at + 3 * COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, lanes, at + 4 * COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, lanes, at + 5 * COUNT);
    FloatVector s6 = FloatVector.fromArray(FLOATS, lanes, at + 6 * COUNT);
    FloatVector s7 = FloatVector.fromArray(FLOATS, lanes, at + 7 * COUNT);
    FloatVector s8 = FloatVector.fromArray(FLOATS, lanes, at + 8 * COUNT);
    int tap1 = from + taps[1] - taps[0];
    int tap2 = from + taps[2] - taps[0];
    int above = to + dyStep;
    int level = above + dyStep;
    for (int row = 0; row < rows; row++) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, from + row * step);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, tap1 + row * step);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, tap2 + row * step);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, level + row * dyStep);
      s0 = x0.fma(d, s0);
      s1 = x1.fma(d, s1);
      s2 = x2.fma(d, s2);
      d = FloatVector.fromArray(FLOATS, dy, above + row * dyStep);
      s3 = x0.fma(d, s3);
      s4 = x1.fma(d, s4);
      s5 = x2.fma(d, s5);
      d = FloatVector.fromArray(FLOATS, dy, to + row * dyStep);
      s6 = x0.fma(d, s6);
      s7 = x1.fma(d, s7);
      s8 = x2.fma(d, s8);
    }
    s0.intoArray(lanes, at);
    s1.intoArray(lanes, at + COUNT);
    s2.intoArray(lanes, at + 2 * COUNT);
    s3.intoArray(lanes, at + 3 * COUNT);
    s4.intoArray(lanes, at + 4 * COUNT);
    s5.intoArray(lanes, at + 5 * COUNT);
    s6.intoArray(lanes, at + 6 * COUNT);
    s7.intoArray(lanes, at + 7 * COUNT);
    s8.intoArray(lanes, at + 8 * COUNT);
  }
}
