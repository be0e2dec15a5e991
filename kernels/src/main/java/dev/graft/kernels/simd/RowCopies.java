package dev.graft.kernels.simd;

import static dev.graft.kernels.simd.Lanes.COUNT;
import static dev.graft.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Copies of short rows, in whole vectors. A row narrower than a vector is written with padding up
 * to the vector's end: over what the rows that follow will write, or over padding.
 */
final class RowCopies {

  /** Brings the even lanes of a vector to its lower half. */
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(FLOATS, lane -> 2 * lane % COUNT);

  /** Brings the odd lanes of a vector to its lower half. */
  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(FLOATS, lane -> (2 * lane + 1) % COUNT);

  private static final float[] NUMBERS = new float[COUNT];

  static {
    for (int lane = 0; lane < COUNT; lane++) {
      NUMBERS[lane] = lane;
    }
  }

  private RowCopies() {}

  static void copy(int n, float padding, float[] x, int xo, float[] y, int yo) {
    if (n < COUNT) {
      copyNarrow(n, padding, x, xo, y, yo);
      return;
    }
    for (int i = 0; i <= n - COUNT; i += COUNT) {
      FloatVector.fromArray(FLOATS, x, xo + i).intoArray(y, yo + i);
    }
    // The last vector ends with the row, and overlaps the one before.
    FloatVector.fromArray(FLOATS, x, xo + n - COUNT).intoArray(y, yo + n - COUNT);
  }

  private static void copyNarrow(int n, float padding, float[] x, int xo, float[] y, int yo) {
    VectorMask<Float> inside =
        FloatVector.fromArray(FLOATS, NUMBERS, 0).compare(VectorOperators.LT, (float) n);
    FloatVector.broadcast(FLOATS, padding)
        .blend(FloatVector.fromArray(FLOATS, x, xo, inside), inside)
        .intoArray(y, yo);
  }

  /** Elements with even numbers go to {@code y[even…]}, the others to {@code y[odd…]}. */
  static void split(int n, float padding, float[] x, int xo, float[] y, int even, int odd) {
    FloatVector numbers = FloatVector.fromArray(FLOATS, NUMBERS, 0);
    VectorMask<Float> upper = numbers.compare(VectorOperators.GE, COUNT / 2f);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v.rearrange(EVEN).blend(padding, upper).intoArray(y, even + i / 2);
      v.rearrange(ODD).blend(padding, upper).intoArray(y, odd + i / 2);
    }
    if (i < n) {
      VectorMask<Float> inside = numbers.compare(VectorOperators.LT, (float) (n - i));
      FloatVector v =
          FloatVector.broadcast(FLOATS, padding)
              .blend(FloatVector.fromArray(FLOATS, x, xo + i, inside), inside);
      v.rearrange(EVEN).blend(padding, upper).intoArray(y, even + i / 2);
      v.rearrange(ODD).blend(padding, upper).intoArray(y, odd + i / 2);
    }
  }
}
