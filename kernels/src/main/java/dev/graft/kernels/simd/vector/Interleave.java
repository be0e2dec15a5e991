package dev.graft.kernels.simd.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Taking every second or fourth element apart, and putting them together again. */
public final class Interleave {

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

  /** {@code to[at + i] = x[from + 2 i]} for one vector; reads two. */
  static void everySecond(float[] x, int from, float[] to, int at) {
    even(FloatVector.fromArray(F, x, from), FloatVector.fromArray(F, x, from + N))
        .intoArray(to, at);
  }

  /** {@code to[at + j stride + i] = x[from + 4 i + j]} for j below 4 and i below the lanes. */
  public static void apart(float[] x, int from, float[] to, int at, int stride) {
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
   * {@code to[at + 4 i + j] = x[from + j N + i]}: the inverse, of four vectors side by side.
   *
   * <p>Written out on purpose. A hot method of more than 325 bytes of byte code is not inlined but
   * compiled on its own, where C2 sees all vectors; a shorter one is inlined, exhausts the budget
   * of its caller, and the vectors end up as objects on the heap.
   */
  public static void together(float[] x, int from, float[] to, int at) {
    FloatVector x0 = FloatVector.fromArray(F, x, from);
    FloatVector x1 = FloatVector.fromArray(F, x, from + N);
    FloatVector x2 = FloatVector.fromArray(F, x, from + 2 * N);
    FloatVector x3 = FloatVector.fromArray(F, x, from + 3 * N);
    FloatVector low0 = x0.rearrange(LOW);
    FloatVector low1 = x1.rearrange(LOW);
    FloatVector low2 = x2.rearrange(LOW);
    FloatVector low3 = x3.rearrange(LOW);
    FloatVector high0 = x0.rearrange(HIGH);
    FloatVector high1 = x1.rearrange(HIGH);
    FloatVector high2 = x2.rearrange(HIGH);
    FloatVector high3 = x3.rearrange(HIGH);
    FloatVector low02 = low0.blend(low2, ODDS);
    FloatVector low13 = low1.blend(low3, ODDS);
    FloatVector high02 = high0.blend(high2, ODDS);
    FloatVector high13 = high1.blend(high3, ODDS);
    FloatVector even0 = low02.rearrange(LOW);
    FloatVector odd0 = low13.rearrange(LOW);
    FloatVector even1 = low02.rearrange(HIGH);
    FloatVector odd1 = low13.rearrange(HIGH);
    FloatVector even2 = high02.rearrange(LOW);
    FloatVector odd2 = high13.rearrange(LOW);
    FloatVector even3 = high02.rearrange(HIGH);
    FloatVector odd3 = high13.rearrange(HIGH);
    even0.blend(odd0, ODDS).intoArray(to, at);
    even1.blend(odd1, ODDS).intoArray(to, at + N);
    even2.blend(odd2, ODDS).intoArray(to, at + 2 * N);
    even3.blend(odd3, ODDS).intoArray(to, at + 3 * N);
  }
}
