package dev.graft.kernels.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of rows with rows, {@code C[i][j] = Σ_p a[i][p] b[j][p]}: where k is the axis that lies
 * contiguous in both operands, nothing needs packing. Each sum is kept as a vector of partial sums,
 * lane l over the p with {@code p mod lanes = l}, and folded at the end.
 */
final class Dots {

  /** Rows of a tile. */
  static final int ROWS = 4;

  /** Columns of a tile. */
  static final int COLUMNS = 3;

  /** Elements of a tile's partial sums. */
  static final int SUMS = ROWS * COLUMNS * Lanes.COUNT;

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private Dots() {}

  /**
   * Adds the products over k, a multiple of the lanes, to the partial sums at {@code s[so…]}, laid
   * out [ROWS, COLUMNS, lanes]. Where fewer rows or columns are left than a tile has, the last one
   * is taken several times; those sums mean nothing.
   *
   * @param a row i at {@code ao + i aStep}
   * @param b column j at {@code bo + j bStep}
   */
  static void accumulate(
      int k,
      float[] a,
      int ao,
      int aStep,
      int rows,
      float[] b,
      int bo,
      int bStep,
      int columns,
      float[] s,
      int so) {
    int a1 = ao + Math.min(1, rows - 1) * aStep;
    int a2 = ao + Math.min(2, rows - 1) * aStep;
    int a3 = ao + Math.min(3, rows - 1) * aStep;
    int b1 = bo + Math.min(1, columns - 1) * bStep;
    int b2 = bo + Math.min(2, columns - 1) * bStep;
    DotTile4x3.accumulate(k, a, ao, a1, a2, a3, b, bo, b1, b2, s, so);
  }

  /** The same for a single row and column. */
  static void accumulateOne(int k, float[] a, int ao, float[] b, int bo, float[] s, int so) {
    FloatVector sum = FloatVector.fromArray(F, s, so);
    for (int p = 0; p < k; p += N) {
      sum = FloatVector.fromArray(F, a, ao + p).fma(FloatVector.fromArray(F, b, bo + p), sum);
    }
    sum.intoArray(s, so);
  }

  /** The sum of the lanes at {@code s[so…]} by halves: the same tree wherever it is compiled. */
  static float fold(float[] s, int so) {
    return fold(s, so, N);
  }

  private static float fold(float[] s, int so, int n) {
    if (n == 4) {
      return (s[so] + s[so + 2]) + (s[so + 1] + s[so + 3]);
    }
    int half = n / 2;
    return fold(s, so, half) + fold(s, so + half, half);
  }
}
