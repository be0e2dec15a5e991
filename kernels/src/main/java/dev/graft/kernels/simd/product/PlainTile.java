package dev.graft.kernels.simd.product;

/**
 * {@link Tiles#multiply} without vectors: the same chain of FMAs for each element, two rows by four
 * columns at a time, so that C1 too can keep the sums in registers.
 */
final class PlainTile {

  private PlainTile() {}

  /** {@link Tiles#multiply} for the first {@code columns}, a multiple of four. */
  static void multiply(
      int rows,
      int columns,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int row = 0; row < rows; row += 2) {
      int at = ao + row;
      two(columns, k, a, at, at + 1, rows, b, bo, ldb, c, co + row * ldc, ldc, add);
    }
  }

  /** Two rows of A, at a0 and a1, whose steps of k lie {@code lda} apart. */
  static void two(
      int columns,
      int k,
      float[] a,
      int a0,
      int a1,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int column = 0; column < columns; column += 4) {
      int to = co + column;
      block(k, a, a0, a1, lda, b, bo + column, ldb, c, to, to + ldc, add);
    }
  }

  /**
   * Small and called often: that brings it to C2 soonest.
   *
   * @param a two rows, steps of k {@code lda} apart
   * @param c the rows of four sums start at {@code c0} and {@code c1}
   */
  private static void block(
      int k,
      float[] a,
      int ao0,
      int ao1,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int c0,
      int c1,
      boolean add) {
    float s00 = 0;
    float s01 = 0;
    float s02 = 0;
    float s03 = 0;
    float s10 = 0;
    float s11 = 0;
    float s12 = 0;
    float s13 = 0;
    for (int p = 0; p < k; p++) {
      float a0 = a[ao0];
      float a1 = a[ao1];
      float b0 = b[bo];
      float b1 = b[bo + 1];
      float b2 = b[bo + 2];
      float b3 = b[bo + 3];
      s00 = Math.fma(a0, b0, s00);
      s01 = Math.fma(a0, b1, s01);
      s02 = Math.fma(a0, b2, s02);
      s03 = Math.fma(a0, b3, s03);
      s10 = Math.fma(a1, b0, s10);
      s11 = Math.fma(a1, b1, s11);
      s12 = Math.fma(a1, b2, s12);
      s13 = Math.fma(a1, b3, s13);
      ao0 += lda;
      ao1 += lda;
      bo += ldb;
    }
    if (add) {
      s00 = c[c0] + s00;
      s01 = c[c0 + 1] + s01;
      s02 = c[c0 + 2] + s02;
      s03 = c[c0 + 3] + s03;
      s10 = c[c1] + s10;
      s11 = c[c1 + 1] + s11;
      s12 = c[c1 + 2] + s12;
      s13 = c[c1 + 3] + s13;
    }
    c[c0] = s00;
    c[c0 + 1] = s01;
    c[c0 + 2] = s02;
    c[c0 + 3] = s03;
    c[c1] = s10;
    c[c1 + 1] = s11;
    c[c1 + 2] = s12;
    c[c1 + 3] = s13;
  }
}
