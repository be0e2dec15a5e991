package dev.graft.kernels.simd.image;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.kernels.simd.vector.KernelForm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Copies of short rows, in whole vectors. A row narrower than a vector is written with padding up
 * to the vector's end: over what the rows that follow will write, or over padding.
 */
public final class RowCopies {

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

  private static final KernelForm FORM = new KernelForm("copies of rows", new RowTrials.Copies());

  private RowCopies() {}

  /** Copies rows of n elements, {@code xStep} and {@code yStep} apart. */
  public static void copy(
      int rows, int n, float padding, float[] x, int xo, int xStep, float[] y, int yo, int yStep) {
    if (FORM.isVector((long) rows * n)) {
      copyVectors(rows, n, padding, x, xo, xStep, y, yo, yStep);
    } else {
      PlainRows.copy(rows, n, x, xo, xStep, y, yo, yStep);
    }
  }

  static void copyVectors(
      int rows, int n, float padding, float[] x, int xo, int xStep, float[] y, int yo, int yStep) {
    if (n < COUNT) {
      copyNarrow(rows, n, padding, x, xo, xStep, y, yo, yStep);
      return;
    }
    for (int row = 0; row < rows; row++) {
      int from = xo + row * xStep;
      int to = yo + row * yStep;
      for (int i = 0; i <= n - COUNT; i += COUNT) {
        FloatVector.fromArray(FLOATS, x, from + i).intoArray(y, to + i);
      }
      // The last vector ends with the row, and overlaps the one before.
      FloatVector.fromArray(FLOATS, x, from + n - COUNT).intoArray(y, to + n - COUNT);
    }
  }

  private static void copyNarrow(
      int rows, int n, float padding, float[] x, int xo, int xStep, float[] y, int yo, int yStep) {
    VectorMask<Float> outside =
        FloatVector.fromArray(FLOATS, NUMBERS, 0).compare(VectorOperators.GE, (float) n);
    int row = 0;
    for (; row < rows && xo + row * xStep + COUNT <= x.length; row++) {
      FloatVector.fromArray(FLOATS, x, xo + row * xStep)
          .blend(padding, outside)
          .intoArray(y, yo + row * yStep);
    }
    // A vector of x would reach beyond its array.
    for (; row < rows; row++) {
      int from = xo + row * xStep;
      int to = yo + row * yStep;
      for (int i = 0; i < COUNT; i++) {
        y[to + i] = i < n ? x[from + i] : padding;
      }
    }
  }

  /**
   * Copies rows of n elements out of working memory to where they lie side by side, in whole
   * vectors as far as a vector stays within the rows: each row overwrites what the one before wrote
   * beyond its end.
   */
  public static void gather(int rows, int n, float[] x, int xo, int xStep, float[] y, int yo) {
    if (n >= COUNT) {
      copy(rows, n, 0f, x, xo, xStep, y, yo, n);
      return;
    }
    if (!FORM.isVector((long) rows * n)) {
      PlainRows.copy(rows, n, x, xo, xStep, y, yo, n);
      return;
    }
    int row = 0;
    for (; row * n + COUNT <= rows * n; row++) {
      FloatVector.fromArray(FLOATS, x, xo + row * xStep).intoArray(y, yo + row * n);
    }
    for (; row < rows; row++) {
      int from = xo + row * xStep;
      for (int i = 0; i < n; i++) {
        y[yo + row * n + i] = x[from + i];
      }
    }
  }

  /**
   * Elements with even numbers go to {@code y[even…]}, the others to {@code y[odd…]}, for rows
   * {@code xStep} and {@code yStep} apart.
   */
  static void split(
      int rows,
      int n,
      float padding,
      float[] x,
      int xo,
      int xStep,
      float[] y,
      int even,
      int odd,
      int yStep) {
    if (FORM.isVector((long) rows * n)) {
      splitVectors(rows, n, padding, x, xo, xStep, y, even, odd, yStep);
    } else {
      PlainRows.split(rows, n, x, xo, xStep, y, even, odd, yStep);
    }
  }

  static void splitVectors(
      int rows,
      int n,
      float padding,
      float[] x,
      int xo,
      int xStep,
      float[] y,
      int even,
      int odd,
      int yStep) {
    FloatVector numbers = FloatVector.fromArray(FLOATS, NUMBERS, 0);
    VectorMask<Float> upper = numbers.compare(VectorOperators.GE, COUNT / 2f);
    int whole = FLOATS.loopBound(n);
    for (int row = 0; row < rows; row++) {
      int from = xo + row * xStep;
      int left = even + row * yStep;
      int right = odd + row * yStep;
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, from + i);
        v.rearrange(EVEN).blend(padding, upper).intoArray(y, left + i / 2);
        v.rearrange(ODD).blend(padding, upper).intoArray(y, right + i / 2);
      }
      if (whole < n) {
        VectorMask<Float> inside = numbers.compare(VectorOperators.LT, (float) (n - whole));
        FloatVector v =
            FloatVector.broadcast(FLOATS, padding)
                .blend(FloatVector.fromArray(FLOATS, x, from + whole, inside), inside);
        v.rearrange(EVEN).blend(padding, upper).intoArray(y, left + whole / 2);
        v.rearrange(ODD).blend(padding, upper).intoArray(y, right + whole / 2);
      }
    }
  }
}
