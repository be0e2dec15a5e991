package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
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

  private static final KernelForm TILE =
      new KernelForm("dot products of rows", new DotTrials.OfTile());
  private static final KernelForm STRIP =
      new KernelForm("dot products of a strip", new DotTrials.OfStrip());
  private static final KernelForm ONE = new KernelForm("dot product", new DotTrials.OfOne());

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
    if (TILE.isVector((long) k * ROWS * COLUMNS)) {
      DotTile4x3.accumulate(k, a, ao, a1, a2, a3, b, bo, b1, b2, s, so);
    } else {
      plainRow(k, a, ao, b, bo, b1, b2, s, so);
      plainRow(k, a, a1, b, bo, b1, b2, s, so + COLUMNS * N);
      plainRow(k, a, a2, b, bo, b1, b2, s, so + 2 * COLUMNS * N);
      plainRow(k, a, a3, b, bo, b1, b2, s, so + 3 * COLUMNS * N);
    }
  }

  static void plainRow(
      int k, float[] a, int ao, float[] b, int b0, int b1, int b2, float[] s, int so) {
    plain(k, a, ao, b, b0, s, so);
    plain(k, a, ao, b, b1, s, so + N);
    plain(k, a, ao, b, b2, s, so + 2 * N);
  }

  /** Four lanes at a time: as many sums as C1, too, keeps in registers. */
  static void plain(int k, float[] a, int ao, float[] b, int bo, float[] s, int so) {
    for (int lane = 0; lane < N; lane += 4) {
      float s0 = s[so + lane];
      float s1 = s[so + lane + 1];
      float s2 = s[so + lane + 2];
      float s3 = s[so + lane + 3];
      for (int p = lane; p < k; p += N) {
        s0 = Math.fma(a[ao + p], b[bo + p], s0);
        s1 = Math.fma(a[ao + p + 1], b[bo + p + 1], s1);
        s2 = Math.fma(a[ao + p + 2], b[bo + p + 2], s2);
        s3 = Math.fma(a[ao + p + 3], b[bo + p + 3], s3);
      }
      s[so + lane] = s0;
      s[so + lane + 1] = s1;
      s[so + lane + 2] = s2;
      s[so + lane + 3] = s3;
    }
  }

  /**
   * The same for the six rows of a strip, which begin at {@code a0}, {@code a1}, …, and one column;
   * the sums are laid out [6, lanes].
   */
  static void accumulateStrip(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      float[] b,
      int bo,
      float[] s,
      int so) {
    if (STRIP.isVector(6L * k)) {
      DotTile6x1.accumulate(k, a, a0, a1, a2, a3, a4, a5, b, bo, s, so);
    } else {
      plain(k, a, a0, b, bo, s, so);
      plain(k, a, a1, b, bo, s, so + N);
      plain(k, a, a2, b, bo, s, so + 2 * N);
      plain(k, a, a3, b, bo, s, so + 3 * N);
      plain(k, a, a4, b, bo, s, so + 4 * N);
      plain(k, a, a5, b, bo, s, so + 5 * N);
    }
  }

  /** The same for a single row and column. */
  static void accumulateOne(int k, float[] a, int ao, float[] b, int bo, float[] s, int so) {
    if (ONE.isVector(k)) {
      vector(k, a, ao, b, bo, s, so);
    } else {
      plain(k, a, ao, b, bo, s, so);
    }
  }

  static void vector(int k, float[] a, int ao, float[] b, int bo, float[] s, int so) {
    FloatVector sum = FloatVector.fromArray(F, s, so);
    for (int p = 0; p < k; p += N) {
      sum = FloatVector.fromArray(F, a, ao + p).fma(FloatVector.fromArray(F, b, bo + p), sum);
    }
    sum.intoArray(s, so);
  }

  /** The sum of the lanes at {@code s[so…]} by halves: the same tree wherever it is compiled. */
  static float fold(float[] s, int so) {
    float sum = foldFour(s, so);
    if (N >= 8) {
      sum += foldFour(s, so + 4);
    }
    return N == 16 ? sum + (foldFour(s, so + 8) + foldFour(s, so + 12)) : sum;
  }

  private static float foldFour(float[] s, int so) {
    return (s[so] + s[so + 2]) + (s[so + 1] + s[so + 3]);
  }
}
