package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;

/**
 * A product with few columns, {@code C = A B} with A [m, k] row-major: B is packed once, and the
 * rows of A are read where they lie. Sums in the same order as {@link Product}.
 */
final class TallProduct {

  /** The most tiles of columns for which reading A from its rows pays. */
  private static final int TILES = 3;

  /** The most elements of B that are packed whole. */
  private static final int PACKED = 1 << 23;

  private static final int TILE = TilesOfRows.ROWS * Tiles.WIDTH;

  /** Multiply-adds that are worth a thread. */
  private static final int CHUNK = 1 << 19;

  private static final Workers INLINE = new Workers(1);

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

  /** Whether there are few enough columns. */
  static boolean suits(int n, int k) {
    return n <= TILES * Tiles.WIDTH && (long) TILES * Tiles.WIDTH * k <= PACKED;
  }

  void run(Workers workers, ScratchArrays scratch) {
    int tiles = (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
    int width = tiles * Tiles.WIDTH;
    float[] right = scratch.take(width * k);
    Workers packing = width * k <= CHUNK / 16 ? INLINE : workers;
    Product.packRight(packing, b, n, 0, k, right);
    int strips = (m + TilesOfRows.ROWS - 1) / TilesOfRows.ROWS;
    long strip = (long) TilesOfRows.ROWS * width * k;
    int perChunk = (int) Math.max(1, CHUNK / strip);
    workers.forEach(
        (strips + perChunk - 1) / perChunk,
        chunk -> {
          float[] edge = scratch.take(tiles * perChunk * TILE);
          int first = chunk * perChunk;
          int end = Math.min(strips, first + perChunk);
          for (int p = 0; p < k; p += Product.DEPTH) {
            int depth = Math.min(Product.DEPTH, k - p);
            for (int t = 0; t < tiles; t++) {
              int at = width * p + t * Tiles.WIDTH * depth;
              for (int s = first; s < end; s++) {
                int own = (t * perChunk + s - first) * TILE;
                tile(p, depth, s * TilesOfRows.ROWS, t * Tiles.WIDTH, right, at, edge, own);
              }
            }
          }
          scratch.give(edge);
        });
    scratch.give(right);
  }

  /**
   * One tile over one block of k. Where it does not go to C as it is, its sum over all blocks is
   * kept at {@code edge[own…]} and written at the end.
   */
  private void tile(
      int p, int depth, int row, int column, float[] right, int at, float[] edge, int own) {
    int columns = Math.min(Tiles.WIDTH, n - column);
    boolean whole = row + TilesOfRows.ROWS <= m;
    int to = whole ? c.direct(row, column, columns, true, true) : -1;
    // Rows beyond the last are the last one once more, and not kept.
    int a0 = offset + row * k + p;
    int a1 = offset + Math.min(m - 1, row + 1) * k + p;
    int a2 = offset + Math.min(m - 1, row + 2) * k + p;
    int a3 = offset + Math.min(m - 1, row + 3) * k + p;
    int a4 = offset + Math.min(m - 1, row + 4) * k + p;
    int a5 = offset + Math.min(m - 1, row + 5) * k + p;
    if (to >= 0) {
      TilesOfRows.multiply(
          depth, a, a0, a1, a2, a3, a4, a5, right, at, c.array(), to, c.channelStride(), p > 0);
      return;
    }
    TilesOfRows.multiply(
        depth, a, a0, a1, a2, a3, a4, a5, right, at, edge, own, Tiles.WIDTH, p > 0);
    if (p + depth == k) {
      int rows = Math.min(TilesOfRows.ROWS, m - row);
      c.flush(edge, own, row, rows, column, columns, true, true);
    }
  }
}
