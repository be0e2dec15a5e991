package dev.graft.kernels.simd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Taking every second or fourth element apart, and putting them together again. */
final class Interleave {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  /**
   * Every second lane, twice: the lower half of the result from one vector, the upper from the
   * next.
   */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(F, i -> 2 * i % N);

  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(F, i -> (2 * i + 1) % N);
  private static final VectorMask<Float> UPPER = mask(N / 2, 1);

  /** Every lane of one half, twice. */
  private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(F, i -> i / 2);

  private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(F, i -> N / 2 + i / 2);
  private static final VectorMask<Float> ODDS = mask(1, 2);

  private Interleave() {}

  private static VectorMask<Float> mask(int first, int step) {
    boolean[] lanes = new boolean[N];
    Arrays.fill(lanes, false);
    for (int i = first; i < N; i += step) {
      lanes[i] = true;
    }
    return VectorMask.fromArray(F, lanes, 0);
  }

  private static FloatVector even(FloatVector a, FloatVector b) {
    return a.rearrange(EVEN).blend(b.rearrange(EVEN), UPPER);
  }

  private static FloatVector odd(FloatVector a, FloatVector b) {
    return a.rearrange(ODD).blend(b.rearrange(ODD), UPPER);
  }

  private static FloatVector low(FloatVector a, FloatVector b) {
    return a.rearrange(LOW).blend(b.rearrange(LOW), ODDS);
  }

  private static FloatVector high(FloatVector a, FloatVector b) {
    return a.rearrange(HIGH).blend(b.rearrange(HIGH), ODDS);
  }

  /** {@code to[at + i] = x[from + 2 i]} for one vector; reads two. */
  static void everySecond(float[] x, int from, float[] to, int at) {
    even(FloatVector.fromArray(F, x, from), FloatVector.fromArray(F, x, from + N))
        .intoArray(to, at);
  }

  /** {@code to[at + j stride + i] = x[from + 4 i + j]} for j below 4 and i below the lanes. */
  static void apart(float[] x, int from, float[] to, int at, int stride) {
    FloatVector x0 = FloatVector.fromArray(F, x, from);
    FloatVector x1 = FloatVector.fromArray(F, x, from + N);
    FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * N);
    FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * N);
    FloatVector even01 = even(x0, x1);
    FloatVector even23 = even(x2, x3);
    even(even01, even23).intoArray(to, at);
    odd(even01, even23).intoArray(to, at + 2 * stride);
    FloatVector odd01 = odd(x0, x1);
    FloatVector odd23 = odd(x2, x3);
    even(odd01, odd23).intoArray(to, at + stride);
    odd(odd01, odd23).intoArray(to, at + 3 * stride);
  }

  /**
   * {@code to[at + r stride + 4 i + j] = x[from + (4 r + j) N + i]} for four rows r: the inverse,
   * of four vectors each.
   *
   * <p>Written out, since a method of more than 325 bytes of byte code is compiled on its own.
   * Inlined into its callers, a short one exhausts C2's budget there, and its vectors end up as
   * objects.
   */
  static void together(float[] x, int from, float[] to, int at, int stride) {
    FloatVector x00 = FloatVector.fromArray(F, x, from);
    FloatVector x01 = FloatVector.fromArray(F, x, from + 1 * N);
    FloatVector x02 = FloatVector.fromArray(F, x, from + 2 * N);
    FloatVector x03 = FloatVector.fromArray(F, x, from + 3 * N);
    FloatVector low002 = low(x00, x02);
    FloatVector low013 = low(x01, x03);
    low(low002, low013).intoArray(to, at);
    high(low002, low013).intoArray(to, at + N);
    FloatVector high002 = high(x00, x02);
    FloatVector high013 = high(x01, x03);
    low(high002, high013).intoArray(to, at + 2 * N);
    high(high002, high013).intoArray(to, at + 3 * N);
    at += stride;
    FloatVector x10 = FloatVector.fromArray(F, x, from + 4 * N);
    FloatVector x11 = FloatVector.fromArray(F, x, from + 5 * N);
    FloatVector x12 = FloatVector.fromArray(F, x, from + 6 * N);
    FloatVector x13 = FloatVector.fromArray(F, x, from + 7 * N);
    FloatVector low102 = low(x10, x12);
    FloatVector low113 = low(x11, x13);
    low(low102, low113).intoArray(to, at);
    high(low102, low113).intoArray(to, at + N);
    FloatVector high102 = high(x10, x12);
    FloatVector high113 = high(x11, x13);
    low(high102, high113).intoArray(to, at + 2 * N);
    high(high102, high113).intoArray(to, at + 3 * N);
    at += stride;
    FloatVector x20 = FloatVector.fromArray(F, x, from + 8 * N);
    FloatVector x21 = FloatVector.fromArray(F, x, from + 9 * N);
    FloatVector x22 = FloatVector.fromArray(F, x, from + 10 * N);
    FloatVector x23 = FloatVector.fromArray(F, x, from + 11 * N);
    FloatVector low202 = low(x20, x22);
    FloatVector low213 = low(x21, x23);
    low(low202, low213).intoArray(to, at);
    high(low202, low213).intoArray(to, at + N);
    FloatVector high202 = high(x20, x22);
    FloatVector high213 = high(x21, x23);
    low(high202, high213).intoArray(to, at + 2 * N);
    high(high202, high213).intoArray(to, at + 3 * N);
    at += stride;
    FloatVector x30 = FloatVector.fromArray(F, x, from + 12 * N);
    FloatVector x31 = FloatVector.fromArray(F, x, from + 13 * N);
    FloatVector x32 = FloatVector.fromArray(F, x, from + 14 * N);
    FloatVector x33 = FloatVector.fromArray(F, x, from + 15 * N);
    FloatVector low302 = low(x30, x32);
    FloatVector low313 = low(x31, x33);
    low(low302, low313).intoArray(to, at);
    high(low302, low313).intoArray(to, at + N);
    FloatVector high302 = high(x30, x32);
    FloatVector high313 = high(x31, x33);
    low(high302, high313).intoArray(to, at + 2 * N);
    high(high302, high313).intoArray(to, at + 3 * N);
  }
}
