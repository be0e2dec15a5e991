package dev.graft.kernels.simd.product;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A product of packed operands, {@code C = A B}, cut into blocks that stay in the caches: a tile of
 * B in the first level while the strips of A pass by, a block of A and a panel of B in the second.
 *
 * <p>Two ways to share the work, by shape. <em>Wide</em>: A is packed once, each chunk takes some
 * tiles of columns and packs its own part of B. <em>Narrow</em>, where there are too few columns
 * for all threads: B is packed once, each chunk takes some rows. Either way an element of C is the
 * same sum: blocks of {@link #DEPTH} steps in ascending order, within each a chain of FMAs.
 *
 * <p>One object serves many products of a shape, one after the other.
 */
public final class Product {

  /**
   * How many steps of k are in a block: a tile of B and a strip of A, 4 DEPTH (WIDTH + TALL) bytes,
   * fit into 32 KiB of level-1 cache.
   */
  public static final int DEPTH = 176;

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

  private final ScratchArrays scratch;
  private final LeftOperand a;
  private final RightOperand b;
  private final ResultWriter c;
  private final int m;
  private final int k;
  private final int rows;
  private final IntConsumer wideChunk = this::wideChunk;
  private final IntConsumer narrowChunk = this::narrowChunk;
  private final IntConsumer rightChunk = this::rightChunk;

  // The running product.
  private int n;
  private int tiles;
  private boolean isPacked;
  private int packedAt;
  private int chunks;
  private int perChunk;

  // Its running block of k, and the operand that is packed for all chunks.
  private int start;
  private int steps;
  private float[] shared = ScratchArrays.NONE;

  /** The packed A of a narrow product, where it was packed before. */
  private float[] packed = ScratchArrays.NONE;

  public Product(LeftOperand a, RightOperand b, ResultWriter c, ScratchArrays scratch) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.scratch = scratch;
    this.m = a.m();
    this.k = a.k();
    this.rows = Tiles.padded(m);
  }

  /**
   * Computes {@code n} columns.
   *
   * @param packedA holds the whole of a, packed, from {@code packedAt} on; null to pack it here
   */
  public void run(Workers workers, int n, float @Nullable [] packedA, int packedAt) {
    this.n = n;
    this.tiles = (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
    this.isPacked = packedA != null;
    this.packedAt = packedA != null ? packedAt : 0;
    int threads = (long) m * n * k <= SMALL ? 1 : workers.threads();
    if (threads == 1 || tiles >= 3 * threads || m <= Tiles.TALL) {
      wide(workers, threads, packedA);
    } else {
      narrow(workers, threads, packedA);
    }
  }

  private void wide(Workers workers, int threads, float @Nullable [] packedA) {
    int depth = packedA != null ? k : Math.min(k, sharedDepth(rows));
    shared = packedA != null ? packedA : scratch.take(rows * depth);
    perChunk = threads == 1 ? tiles : Math.min(PANEL, Math.max(1, tiles / (threads * 3)));
    chunks = threads == 1 ? 1 : (tiles + perChunk - 1) / perChunk;
    for (start = 0; start < k; start += depth) {
      steps = Math.min(depth, k - start);
      if (packedA == null) {
        a.pack(workers, start, steps, shared, 0);
      }
      workers.forEach(chunks, wideChunk);
    }
    if (packedA == null) {
      scratch.give(shared);
    }
    shared = ScratchArrays.NONE;
  }

  private void wideChunk(int chunk) {
    float[] panel = scratch.take(Math.min(steps, DEPTH) * PANEL * Tiles.WIDTH);
    float[] tile = scratch.take(Tiles.AREA);
    int first = chunk * perChunk;
    int end = Math.min(tiles, first + perChunk);
    for (int t = first; t < end; t += PANEL) {
      columns(start, steps, t, Math.min(end, t + PANEL), shared, panel, tile);
    }
    scratch.give(tile);
    scratch.give(panel);
  }

  /** All rows of some tiles of columns. */
  private void columns(
      int k0, int steps, int t0, int t1, float[] left, float[] panel, float[] tile) {
    int base = isPacked ? 0 : k0;
    for (int p = k0; p < k0 + steps; p += DEPTH) {
      int depth = Math.min(DEPTH, k0 + steps - p);
      if (rows <= FEW || b.isPacked()) {
        for (int row = 0; row < rows; row += ROWS) {
          int end = Math.min(rows, row + ROWS);
          for (int t = t0; t < t1; t++) {
            inPlace(p, depth, row, end, left, base, t, panel, tile);
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
          strips(p, depth, row, end, left, base, t, panel, at, Tiles.WIDTH, tile);
        }
      }
    }
  }

  /** One tile of columns, read where it lies if that is possible. */
  private void inPlace(
      int p,
      int depth,
      int row,
      int end,
      float[] left,
      int base,
      int t,
      float[] panel,
      float[] tile) {
    int column = t * Tiles.WIDTH;
    int at = column + Tiles.WIDTH <= n || b.isPacked() ? b.direct(p, column) : -1;
    if (at >= 0) {
      strips(p, depth, row, end, left, base, t, b.array(), at, b.stride(), tile);
    } else {
      pack(p, depth, t, panel, 0);
      strips(p, depth, row, end, left, base, t, panel, 0, Tiles.WIDTH, tile);
    }
  }

  private void pack(int p, int depth, int t, float[] to, int at) {
    int column = t * Tiles.WIDTH;
    b.pack(p, depth, column, Math.min(Tiles.WIDTH, n - column), to, at);
  }

  private void narrow(Workers workers, int threads, float @Nullable [] packedA) {
    int width = tiles * Tiles.WIDTH;
    int depth = b.isPacked() ? k : Math.min(k, sharedDepth(width));
    shared = b.isPacked() ? b.array() : scratch.take(width * depth);
    packed = packedA != null ? packedA : ScratchArrays.NONE;
    int strips = (m + Tiles.TALL - 1) / Tiles.TALL;
    perChunk = Math.min(ROWS / Tiles.TALL, Math.max(1, strips / (threads * 3)));
    for (start = 0; start < k; start += depth) {
      steps = Math.min(depth, k - start);
      if (!b.isPacked()) {
        workers.forEach((steps + DEPTH - 1) / DEPTH * tiles, rightChunk);
      }
      workers.forEach((strips + perChunk - 1) / perChunk, narrowChunk);
    }
    if (!b.isPacked()) {
      scratch.give(shared);
    }
    shared = ScratchArrays.NONE;
    packed = ScratchArrays.NONE;
  }

  private void narrowChunk(int chunk) {
    float[] left = isPacked ? packed : scratch.take(perChunk * Tiles.TALL * DEPTH);
    float[] tile = scratch.take(Tiles.AREA);
    int from = chunk * perChunk * Tiles.TALL;
    int end = Math.min(rows, from + perChunk * Tiles.TALL);
    for (int p = start; p < start + steps; p += DEPTH) {
      int block = Math.min(DEPTH, start + steps - p);
      if (!isPacked) {
        a.packBlock(p, block, from, end, left, 0);
      }
      for (int t = 0; t < tiles; t++) {
        int column = t * Tiles.WIDTH;
        int at =
            b.isPacked() ? b.direct(p, column) : tiles * Tiles.WIDTH * (p - start) + column * block;
        if (isPacked) {
          strips(p, block, from, end, left, 0, t, shared, at, Tiles.WIDTH, tile);
        } else {
          ownStrips(p, block, from, end, left, t, shared, at, tile);
        }
      }
    }
    scratch.give(tile);
    if (!isPacked) {
      scratch.give(left);
    }
  }

  private void rightChunk(int chunk) {
    PackedMatrix.packPart(b, n, start, steps, chunk, shared, 0);
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
