package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/**
 * A product of packed operands, {@code C = A B}, cut into blocks that stay in the caches: a tile of
 * B in the first level while the strips of A pass by, a block of A and a panel of B in the second.
 *
 * <p>Two ways to share the work, by shape. <em>Wide</em>: A is packed once, each chunk takes some
 * tiles of columns and packs its own part of B. <em>Narrow</em>, where there are too few columns
 * for all threads: B is packed once, each chunk takes some rows. Either way an element of C is the
 * same sum: blocks of {@link #DEPTH} steps in ascending order, within each a chain of FMAs.
 */
final class Product {

  /**
   * Steps of k in a block: a tile of B and a strip of A, 4 DEPTH (WIDTH + TALL) bytes, fit into 32
   * KiB of level-1 cache.
   */
  static final int DEPTH = 176;

  /** Rows of A in a block: with its depth a third of 1 MiB of level-2 cache. */
  private static final int ROWS = 40 * Tiles.TALL;

  /** So few rows read B where it lies, if they can: packing it would take as long as they do. */
  private static final int FEW = 8 * Tiles.TALL;

  /** The most tiles of B that a chunk packs side by side. */
  private static final int PANEL = 8;

  /** The most elements that are packed for all chunks at once. */
  private static final int SHARED = 1 << 23;

  /** Multiply-adds that are not worth another thread. */
  private static final long SMALL = 1 << 15;

  private final Left a;
  private final float @Nullable [] packedA;
  private final int packedAt;
  private final Right b;
  private final Target c;
  private final int m;
  private final int n;
  private final int k;

  /**
   * @param packedA holds the whole of a, packed, from {@code packedAt} on; null to pack it here
   */
  Product(Left a, float @Nullable [] packedA, int packedAt, Right b, int n, Target c) {
    this.a = a;
    this.packedA = packedA;
    this.packedAt = packedAt;
    this.b = b;
    this.c = c;
    this.m = a.m();
    this.n = n;
    this.k = a.k();
  }

  void run(Workers workers, ScratchArrays scratch) {
    int tiles = (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
    int threads = (long) m * n * k <= SMALL ? 1 : workers.threads();
    if (threads == 1 || tiles >= 3 * threads || m <= Tiles.TALL) {
      wide(workers, scratch, tiles, threads);
    } else {
      narrow(workers, scratch, tiles, threads);
    }
  }

  private void wide(Workers workers, ScratchArrays scratch, int tiles, int threads) {
    int rows = Tiles.padded(m);
    int depth = packedA != null ? k : Math.min(k, sharedDepth(rows));
    float[] left = packedA != null ? packedA : scratch.take(rows * depth);
    int perChunk = Math.min(PANEL, Math.max(1, tiles / (threads * 3)));
    int chunks = threads == 1 ? 1 : (tiles + perChunk - 1) / perChunk;
    for (int k0 = 0; k0 < k; k0 += depth) {
      int steps = Math.min(depth, k - k0);
      if (packedA == null) {
        a.pack(workers, k0, steps, left, 0);
      }
      int start = k0;
      workers.forEach(
          chunks,
          chunk -> {
            float[] panel = scratch.take(Math.min(steps, DEPTH) * PANEL * Tiles.WIDTH);
            float[] tile = scratch.take(Tiles.AREA);
            int first = chunks == 1 ? 0 : chunk * perChunk;
            int end = chunks == 1 ? tiles : Math.min(tiles, first + perChunk);
            for (int t = first; t < end; t += PANEL) {
              columns(start, steps, t, Math.min(end, t + PANEL), rows, left, panel, tile);
            }
            scratch.give(tile);
            scratch.give(panel);
          });
    }
    if (packedA == null) {
      scratch.give(left);
    }
  }

  /** All rows of some tiles of columns. */
  private void columns(
      int k0, int steps, int t0, int t1, int rows, float[] left, float[] panel, float[] tile) {
    int base = packedA != null ? 0 : k0;
    for (int p = k0; p < k0 + steps; p += DEPTH) {
      int depth = Math.min(DEPTH, k0 + steps - p);
      if (rows <= FEW) {
        for (int t = t0; t < t1; t++) {
          int column = t * Tiles.WIDTH;
          int at = column + Tiles.WIDTH <= n ? b.direct(p, column) : -1;
          if (at >= 0) {
            strips(p, depth, 0, rows, rows, left, base, t, b.array(), at, b.stride(), tile);
          } else {
            pack(p, depth, t, panel, 0);
            strips(p, depth, 0, rows, rows, left, base, t, panel, 0, Tiles.WIDTH, tile);
          }
        }
        continue;
      }
      for (int t = t0; t < t1; t++) {
        pack(p, depth, t, panel, (t - t0) * depth * Tiles.WIDTH);
      }
      for (int row = 0; row < rows; row += ROWS) {
        int end = Math.min(rows, row + ROWS);
        for (int t = t0; t < t1; t++) {
          int at = (t - t0) * depth * Tiles.WIDTH;
          strips(p, depth, row, end, rows, left, base, t, panel, at, Tiles.WIDTH, tile);
        }
      }
    }
  }

  private void pack(int p, int depth, int t, float[] to, int at) {
    int column = t * Tiles.WIDTH;
    b.pack(p, depth, column, Math.min(Tiles.WIDTH, n - column), to, at);
  }

  private void narrow(Workers workers, ScratchArrays scratch, int tiles, int threads) {
    int rows = Tiles.padded(m);
    int width = tiles * Tiles.WIDTH;
    int depth = Math.min(k, sharedDepth(width));
    float[] right = scratch.take(width * depth);
    int strips = (m + Tiles.TALL - 1) / Tiles.TALL;
    int perChunk = Math.min(ROWS / Tiles.TALL, Math.max(1, strips / (threads * 3)));
    for (int k0 = 0; k0 < k; k0 += depth) {
      int steps = Math.min(depth, k - k0);
      int start = k0;
      packRight(workers, b, n, k0, steps, right);
      workers.forEach(
          (strips + perChunk - 1) / perChunk,
          chunk -> {
            float[] left = packedA != null ? packedA : scratch.take(perChunk * Tiles.TALL * DEPTH);
            float[] tile = scratch.take(Tiles.AREA);
            int from = chunk * perChunk * Tiles.TALL;
            int end = Math.min(rows, from + perChunk * Tiles.TALL);
            for (int p = start; p < start + steps; p += DEPTH) {
              int block = Math.min(DEPTH, start + steps - p);
              if (packedA == null) {
                a.packBlock(p, block, from, end, left, 0);
              }
              for (int t = 0; t < tiles; t++) {
                int at = width * (p - start) + t * Tiles.WIDTH * block;
                if (packedA != null) {
                  strips(p, block, from, end, rows, left, 0, t, right, at, Tiles.WIDTH, tile);
                } else {
                  ownStrips(p, block, from, end, left, t, right, at, tile);
                }
              }
            }
            scratch.give(tile);
            if (packedA == null) {
              scratch.give(left);
            }
          });
    }
    scratch.give(right);
  }

  /** Packs all columns of the steps k0 … k0+steps-1: blocks of k, within each tile after tile. */
  static void packRight(Workers workers, Right b, int n, int k0, int steps, float[] right) {
    int tiles = (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
    int blocks = (steps + DEPTH - 1) / DEPTH;
    workers.forEach(
        blocks * tiles,
        chunk -> {
          int p = chunk / tiles * DEPTH;
          int t = chunk % tiles;
          int block = Math.min(DEPTH, steps - p);
          int column = t * Tiles.WIDTH;
          int at = tiles * Tiles.WIDTH * p + t * Tiles.WIDTH * block;
          b.pack(k0 + p, block, column, Math.min(Tiles.WIDTH, n - column), right, at);
        });
  }

  private static int sharedDepth(int width) {
    return Math.max(DEPTH, SHARED / width / DEPTH * DEPTH);
  }

  /** One tile of columns against strips of a block that is packed whole. */
  private void strips(
      int p,
      int depth,
      int from,
      int end,
      int rows,
      float[] left,
      int base,
      int t,
      float[] panel,
      int at,
      int ldb,
      float[] tile) {
    for (int row = from; row < end; ) {
      int height = Tiles.height(m - row);
      int strip = packedAt + rows * (p - base) + row * depth;
      tile(p, depth, row, height, left, strip, t, panel, at, ldb, tile);
      row += height;
    }
  }

  /** One tile of columns against strips that were packed for this chunk alone. */
  private void ownStrips(
      int p,
      int depth,
      int from,
      int end,
      float[] left,
      int t,
      float[] panel,
      int at,
      float[] tile) {
    for (int row = from; row < end; ) {
      int height = Tiles.height(m - row);
      int strip = (row - from) * depth;
      tile(p, depth, row, height, left, strip, t, panel, at, Tiles.WIDTH, tile);
      row += height;
    }
  }

  private void tile(
      int p,
      int depth,
      int row,
      int height,
      float[] left,
      int strip,
      int t,
      float[] panel,
      int at,
      int ldb,
      float[] tile) {
    int column = t * Tiles.WIDTH;
    int columns = Math.min(Tiles.WIDTH, n - column);
    boolean first = p == 0;
    boolean last = p + depth == k;
    boolean whole = row + height <= m && columns == Tiles.WIDTH;
    int to = whole ? c.direct(row, column, columns, first, last) : -1;
    if (to >= 0) {
      Tiles.multiply(
          height, depth, left, strip, panel, at, ldb, c.array(), to, c.channelStride(), !first);
      return;
    }
    if (columns <= Lanes.COUNT) {
      Tiles.multiplyNarrow(height, depth, left, strip, panel, at, ldb, tile, 0, Tiles.WIDTH, false);
    } else {
      Tiles.multiply(height, depth, left, strip, panel, at, ldb, tile, 0, Tiles.WIDTH, false);
    }
    c.flush(tile, 0, Tiles.WIDTH, row, Math.min(height, m - row), column, columns, first, last);
  }
}
