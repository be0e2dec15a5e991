package dev.graft.core.backend;

/**
 * A matrix product {@code C [m, n] = A [m, k] B [k, n]} computed by rows: what every contraction of
 * {@link JavaBackend} comes down to. A subclass says how a row of B is gathered (from a matrix,
 * from the pixels under a kernel tap), where elements of A lie, and where a finished row of C goes.
 *
 * <p>Each element of C is one chain of fused multiply-adds over ascending k, in every kernel below,
 * so neither the cut into tiles nor the choice of kernel changes a bit.
 */
abstract class RowProduct {

  final int m;
  final int n;
  final int k;

  /** Storage of A; the element of row i at step p is {@code a[offset(p) + i * aStride]}. */
  final float[] a;

  final int aStride;
  final float alpha;

  RowProduct(int m, int n, int k, float[] a, int aStride, float alpha) {
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.aStride = aStride;
    this.alpha = alpha;
  }

  /** Where row 0 of A lies at the steps {@code from … from + count - 1}. */
  abstract void offsets(int from, int count, int[] offsets);

  /**
   * Gathers columns {@code [column, column + width)} of the rows {@code from … from + count - 1}.
   */
  abstract void pack(int from, int count, int column, int width, float[][] rows);

  /** The value that row {@code i} of C starts from. */
  abstract void start(int i, int column, int width, float[] sum);

  /** Takes a finished row of C. */
  abstract void finish(int i, int column, int width, float[] sum);

  /**
   * Computes one tile of C, of at most {@link Scratch#HEIGHT} rows and {@link Scratch#TILE}
   * columns.
   */
  final void tile(int row, int height, int column, int width, Scratch scratch) {
    float[][] c = scratch.sums;
    for (int i = 0; i < height; i++) {
      start(row + i, column, width, c[i]);
    }
    for (int from = 0; from < k; from += Scratch.DEPTH) {
      int count = Math.min(Scratch.DEPTH, k - from);
      offsets(from, count, scratch.offsets);
      pack(from, count, column, width, scratch.panel);
      accumulate(row, height, count, width, scratch);
    }
    for (int i = 0; i < height; i++) {
      finish(row + i, column, width, c[i]);
    }
  }

  private void accumulate(int row, int height, int count, int width, Scratch scratch) {
    float[][] c = scratch.sums;
    float[][] b = scratch.panel;
    int[] at = scratch.offsets;
    int i = 0;
    for (; i + 4 <= height; i += 4) {
      fourRows(c[i], c[i + 1], c[i + 2], c[i + 3], b, at, (row + i) * aStride, count, width);
    }
    for (; i < height; i++) {
      oneRow(c[i], b, at, (row + i) * aStride, count, width);
    }
  }

  private void fourRows(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      float[][] b,
      int[] at,
      int first,
      int count,
      int width) {
    int p = 0;
    for (; p + 2 <= count; p += 2) {
      int u0 = at[p] + first;
      int u1 = u0 + aStride;
      int u2 = u1 + aStride;
      int u3 = u2 + aStride;
      int v0 = at[p + 1] + first;
      int v1 = v0 + aStride;
      int v2 = v1 + aStride;
      int v3 = v2 + aStride;
      Rows.add4x2(
          c0,
          c1,
          c2,
          c3,
          b[p],
          b[p + 1],
          alpha * a[u0],
          alpha * a[v0],
          alpha * a[u1],
          alpha * a[v1],
          alpha * a[u2],
          alpha * a[v2],
          alpha * a[u3],
          alpha * a[v3],
          width);
    }
    if (p < count) {
      int u = at[p] + first;
      Rows.add1x1(c0, b[p], alpha * a[u], width);
      Rows.add1x1(c1, b[p], alpha * a[u + aStride], width);
      Rows.add1x1(c2, b[p], alpha * a[u + 2 * aStride], width);
      Rows.add1x1(c3, b[p], alpha * a[u + 3 * aStride], width);
    }
  }

  private void oneRow(float[] c, float[][] b, int[] at, int first, int count, int width) {
    int p = 0;
    for (; p + 4 <= count; p += 4) {
      Rows.add1x4(
          c,
          b[p],
          b[p + 1],
          b[p + 2],
          b[p + 3],
          alpha * a[at[p] + first],
          alpha * a[at[p + 1] + first],
          alpha * a[at[p + 2] + first],
          alpha * a[at[p + 3] + first],
          width);
    }
    for (; p < count; p++) {
      Rows.add1x1(c, b[p], alpha * a[at[p] + first], width);
    }
  }
}
