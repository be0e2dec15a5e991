package dev.graft.core.backend.plain;

import org.jspecify.annotations.Nullable;

/**
 * A matrix product {@code C [m, n] = A [m, k] B [k, n]} computed by rows: what every contraction of
 * {@link JavaBackend} comes down to. A subclass says how a row of B is gathered (from a matrix,
 * from the pixels under a kernel tap), where elements of A lie, and where a finished row of C goes.
 *
 * <pre>
 *              panel of B: up to DEPTH rows of up to TILE columns
 *              +--------------------------+
 *    A         | b0 b0 b0 b0 …            |   c0 += a00 b0 + a01 b1 + a02 b2 + a03 b3
 *    a00…a03   | b1 b1 …                  |   c1 += a10 b0 + a11 b1 + a12 b2 + a13 b3
 *    a10…a13   | b2 …                     |   c2 += a20 b0 + a21 b1 + a22 b2 + a23 b3
 *    a20…a23   | b3 …                     |
 *              +--------------------------+
 * </pre>
 *
 * <p>Each element of C is one chain of fused multiply-adds over ascending k, in every kernel below,
 * so neither the cut into tiles nor the choice of kernel changes a bit.
 */
abstract class RowProduct {

  /**
   * Products of fewer columns than this are computed as {@code C^T = B^T A^T} where that has longer
   * rows: the 7x7 planes of late layers at batch 1 run two to three times faster.
   */
  private static final int FEW_COLUMNS = 128;

  final int m;
  final int n;
  final int k;

  /** Storage of A; the element of row i at step p is {@code a[offset(p) + i * aStride]}. */
  final float[] a;

  final int aStride;
  final float alpha;

  /** Of those that are spare, see {@link RowProducts.Spares}. */
  @Nullable RowProduct next;

  RowProduct(int m, int n, int k, float[] a, int aStride, float alpha) {
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.aStride = aStride;
    this.alpha = alpha;
  }

  /** Whether a product of this size is computed transposed. */
  static boolean isTransposed(int m, int n) {
    return n < FEW_COLUMNS && m >= 2 * n;
  }

  /**
   * Turns this object into the product number {@code index} of its family; false if it cannot, and
   * another has to be made.
   */
  boolean moveTo(int index) {
    return false;
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
   * columns, or the other way round where it {@link #isTransposed}.
   */
  final void tile(int row, int height, int column, int width, Scratch scratch) {
    if (isTransposed(m, n)) {
      transposedTile(row, height, column, width, scratch);
      return;
    }
    float[][] c = scratch.sums;
    for (int i = 0; i < height; i++) {
      start(row + i, column, width, c[i]);
    }
    for (int from = 0; from < k; from += Scratch.DEPTH) {
      int count = Math.min(Scratch.DEPTH, k - from);
      offsets(from, count, scratch.offsets);
      pack(from, count, column, width, scratch.panel);
      for (int i = 0; i < height; i += Scratch.LEFT_ROWS) {
        int rows = Math.min(Scratch.LEFT_ROWS, height - i);
        readLeft(row + i, rows, count, scratch);
        RowKernel.FASTEST.add(c, i, rows, scratch.panel, count, scratch.left, width);
      }
    }
    for (int i = 0; i < height; i++) {
      finish(row + i, column, width, c[i]);
    }
  }

  private void readLeft(int row, int rows, int count, Scratch scratch) {
    int[] at = scratch.offsets;
    boolean contiguous = alpha == 1 && at[count - 1] - at[0] == count - 1;
    for (int i = 0; i < rows; i++) {
      float[] left = scratch.left[i];
      int first = (row + i) * aStride;
      if (contiguous && isRun(at, count)) {
        System.arraycopy(a, at[0] + first, left, 0, count);
      } else {
        for (int p = 0; p < count; p++) {
          left[p] = alpha * a[at[p] + first];
        }
      }
    }
  }

  private static boolean isRun(int[] at, int count) {
    for (int p = 1; p < count; p++) {
      if (at[p] != at[0] + p) {
        return false;
      }
    }
    return true;
  }

  /** The same tile with the roles of A and B exchanged: rows run along the rows of A. */
  private void transposedTile(int row, int height, int column, int width, Scratch scratch) {
    float[][] c = scratch.sums;
    float[] line = scratch.tiles[0];
    for (int i = 0; i < height; i++) {
      start(row + i, column, width, line);
      for (int j = 0; j < width; j++) {
        c[j][i] = line[j];
      }
    }
    float[][] b = scratch.other();
    for (int from = 0; from < k; from += Scratch.DEPTH) {
      int count = Math.min(Scratch.DEPTH, k - from);
      offsets(from, count, scratch.offsets);
      pack(from, count, column, width, b);
      Transpose.intoRows(
          a, scratch.offsets, row * aStride, aStride, alpha, count, height, scratch.panel);
      for (int j = 0; j < width; j += Scratch.LEFT_ROWS) {
        int rows = Math.min(Scratch.LEFT_ROWS, width - j);
        for (int p = 0; p < count; p++) {
          for (int r = 0; r < rows; r++) {
            scratch.left[r][p] = b[p][j + r];
          }
        }
        RowKernel.FASTEST.add(c, j, rows, scratch.panel, count, scratch.left, height);
      }
    }
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        line[j] = c[j][i];
      }
      finish(row + i, column, width, line);
    }
  }
}
