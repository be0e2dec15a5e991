package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;

/**
 * A product with few columns, {@code C = A B} with A [m, k] row-major: B is packed once, and the
 * rows of A are read where they lie. Sums in the same order as {@link Product}.
 */
final class TallProduct {

  /** The most tiles of columns for which reading A from its rows pays. */
  static final int TILES = 3;

  /** Multiply-adds that are worth a thread. */
  private static final int CHUNK = 1 << 17;

  private final float[] a;
  private final int offset;
  private final int m;
  private final int n;
  private final int k;
  private final Right b;
  private final Target c;

  TallProduct(float[] a, int offset, int m, int n, int k, Right b, Target c) {
    this.a = a;
    this.offset = offset;
    this.m = m;
    this.n = n;
    this.k = k;
    this.b = b;
    this.c = c;
  }

  void run(Workers workers, ScratchArrays scratch) {
    int tiles = (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
    int width = tiles * Tiles.WIDTH;
    int depth = Math.min(k, Product.sharedDepth(width));
    float[] right = scratch.take(width * depth);
    int strips = (m + TilesOfRows.ROWS - 1) / TilesOfRows.ROWS;
    long strip = (long) TilesOfRows.ROWS * width * depth;
    int perChunk = (int) Math.max(1, CHUNK / strip);
    for (int k0 = 0; k0 < k; k0 += depth) {
      int start = k0;
      int steps = Math.min(depth, k - k0);
      Product.packRight(workers, b, n, k0, steps, right);
      workers.forEach(
          (strips + perChunk - 1) / perChunk,
          chunk -> {
            float[] tile = scratch.take(Tiles.AREA);
            int end = Math.min(strips, (chunk + 1) * perChunk);
            for (int p = 0; p < steps; p += Product.DEPTH) {
              int block = Math.min(Product.DEPTH, steps - p);
              for (int t = 0; t < tiles; t++) {
                int at = width * p + t * Tiles.WIDTH * block;
                for (int s = chunk * perChunk; s < end; s++) {
                  tile(start + p, block, s * TilesOfRows.ROWS, t * Tiles.WIDTH, right, at, tile);
                }
              }
            }
            scratch.give(tile);
          });
    }
    scratch.give(right);
  }

  private void tile(int p, int depth, int row, int column, float[] right, int at, float[] tile) {
    int columns = Math.min(Tiles.WIDTH, n - column);
    boolean first = p == 0;
    boolean last = p + depth == k;
    int to = row + TilesOfRows.ROWS <= m ? c.direct(row, column, columns, first, last) : -1;
    // Rows beyond the last are the last one once more, and not kept.
    int a0 = offset + row * k + p;
    int a1 = offset + Math.min(m - 1, row + 1) * k + p;
    int a2 = offset + Math.min(m - 1, row + 2) * k + p;
    int a3 = offset + Math.min(m - 1, row + 3) * k + p;
    int a4 = offset + Math.min(m - 1, row + 4) * k + p;
    int a5 = offset + Math.min(m - 1, row + 5) * k + p;
    if (to >= 0) {
      TilesOfRows.multiply(
          depth, a, a0, a1, a2, a3, a4, a5, right, at, c.array(), to, c.channelStride(), !first);
      return;
    }
    TilesOfRows.multiply(depth, a, a0, a1, a2, a3, a4, a5, right, at, tile, 0, Tiles.WIDTH, false);
    int rows = Math.min(TilesOfRows.ROWS, m - row);
    c.flush(tile, row, rows, column, columns, first, last);
  }
}
