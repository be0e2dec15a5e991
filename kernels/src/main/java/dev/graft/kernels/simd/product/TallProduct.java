package dev.graft.kernels.simd.product;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.Arrays;

/**
 * A product with few columns, {@code C = A B} with A [m, k] row-major: B is packed once, and the
 * rows of A are read where they lie. Its columns are cut into groups of one to three vectors; one
 * or two that are left over, as the 49th of a plane of 7x7, are dot products of the rows of A with
 * a column of B, a sixteenth of what a vector of zeros beside them would cost.
 */
public final class TallProduct {

  /** The most tiles of columns for which reading A from its rows pays. */
  private static final int TILES = 3;

  /** The most elements of B that are packed whole. */
  private static final int PACKED = 1 << 23;

  /** The most columns that are computed as dot products. */
  private static final int LEFT_OVER = 2;

  private static final int N = Lanes.COUNT;
  private static final int ROWS = TilesOfRows.ROWS;

  /** Multiply-adds that are worth a thread. */
  private static final int CHUNK = 1 << 19;

  /** Strips that read a block of packed B one after the other, where there are enough for all. */
  private static final int SHARING = 4;

  /** Chunks that are enough for any number of threads. */
  private static final int ENOUGH = 16;

  private static final Workers INLINE = new Workers(1);

  private final float[] a;
  private final int offset;
  private final int m;
  private final int n;
  private final int k;
  private final RightOperand b;
  private final ResultWriter c;

  /** Vectors of columns, the last of which may stand over. */
  private final int vectors;

  /** Columns behind them. */
  private final int leftOver;

  /** Elements of packed B in a step of k. */
  private final int width;

  private int packedAt;

  public TallProduct(float[] a, int offset, int m, int n, int k, RightOperand b, ResultWriter c) {
    this.a = a;
    this.offset = offset;
    this.m = m;
    this.n = n;
    this.k = k;
    this.b = b;
    this.c = c;
    this.leftOver = n % N <= LEFT_OVER ? n % N : 0;
    this.vectors = (n - leftOver + N - 1) / N;
    this.width = (n + Tiles.WIDTH - 1) / Tiles.WIDTH * Tiles.WIDTH;
  }

  /** Whether there are few enough columns. */
  public static boolean suits(int n, int k) {
    return n <= TILES * Tiles.WIDTH && (long) TILES * Tiles.WIDTH * k <= PACKED;
  }

  public void run(Workers workers, ScratchArrays scratch) {
    float[] right = b.isPacked() ? b.array() : scratch.take(width * k);
    packedAt = b.isPacked() ? b.direct(0, 0) : 0;
    float[] last = scratch.take(leftOver * k);
    if (!b.isPacked()) {
      pack(width * k <= CHUNK / 16 ? INLINE : workers, right);
    }
    for (int j = 0; j < leftOver; j++) {
      takeOut(right, vectors * N + j, last, j * k);
    }
    int strips = (m + ROWS - 1) / ROWS;
    long strip = (long) ROWS * width * k;
    int perChunk = (int) Math.max(Math.max(1, Math.min(SHARING, strips / ENOUGH)), CHUNK / strip);
    int sums = ROWS * vectors * N;
    int dots = ROWS * leftOver * N;
    workers.forEach(
        (strips + perChunk - 1) / perChunk,
        chunk -> {
          float[] edge = scratch.take(perChunk * (sums + dots));
          Arrays.fill(edge, perChunk * sums, perChunk * (sums + dots), 0f);
          int first = chunk * perChunk;
          int end = Math.min(strips, first + perChunk);
          for (int p = 0; p < k; p += Product.DEPTH) {
            int depth = Math.min(Product.DEPTH, k - p);
            for (int v = 0; v < vectors; v += group(vectors - v)) {
              for (int s = first; s < end; s++) {
                tile(p, depth, s * ROWS, v, right, edge, (s - first) * sums);
              }
            }
            for (int s = first; s < end; s++) {
              dots(p, depth, s * ROWS, last, edge, perChunk * sums + (s - first) * dots);
            }
          }
          scratch.give(edge);
        });
    scratch.give(last);
    if (!b.isPacked()) {
      scratch.give(right);
    }
  }

  private void pack(Workers workers, float[] right) {
    int blocks = (k + Product.DEPTH - 1) / Product.DEPTH;
    workers.forEach(
        blocks * (width / Tiles.WIDTH), part -> PackedMatrix.packPart(b, n, 0, k, part, right, 0));
  }

  /**
   * Vectors to take together where so many are left: of four, twice two rather than three and one;
   * of five, first the two, which lie side by side in packed B only from an even one on.
   */
  private static int group(int left) {
    return left == 4 || left == 5 ? 2 : Math.min(left, TilesOfRows.WIDEST);
  }

  /** Where a vector of columns starts in a block of packed B. */
  private int packed(int p, int depth, int vector) {
    return packedAt + width * p + vector / 2 * Tiles.WIDTH * depth + vector % 2 * N;
  }

  /** Copies a column of packed B. */
  private void takeOut(float[] right, int column, float[] to, int at) {
    for (int p = 0; p < k; p += Product.DEPTH) {
      int depth = Math.min(Product.DEPTH, k - p);
      int from = packed(p, depth, column / N) + column % N;
      for (int q = 0; q < depth; q++) {
        to[at + p + q] = right[from + q * Tiles.WIDTH];
      }
    }
  }

  /**
   * One group of vectors over one block of k. Where it does not go to C as it is, its sum over all
   * blocks is kept at {@code edge[own…]}, rows of all vectors, and written at the end.
   */
  private void tile(int p, int depth, int row, int v, float[] right, float[] edge, int own) {
    int group = group(vectors - v);
    int column = v * N;
    int columns = Math.min(group * N, n - column);
    boolean whole = row + ROWS <= m && columns == group * N;
    int to = whole ? c.direct(row, column, columns, true, true) : -1;
    if (to >= 0) {
      multiply(p, depth, row, v, group, right, c.array(), to, c.channelStride());
      return;
    }
    int ldc = vectors * N;
    multiply(p, depth, row, v, group, right, edge, own + column, ldc);
    if (p + depth == k) {
      int rows = Math.min(ROWS, m - row);
      c.flush(edge, own + column, ldc, row, rows, column, columns, true, true);
    }
  }

  private void multiply(
      int p, int depth, int row, int v, int group, float[] right, float[] to, int at, int ldc) {
    int a0 = start(p, row);
    int a1 = start(p, row + 1);
    int a2 = start(p, row + 2);
    int a3 = start(p, row + 3);
    int a4 = start(p, row + 4);
    int a5 = start(p, row + 5);
    boolean add = p > 0;
    int b0 = packed(p, depth, v);
    if (group == 1) {
      TilesOfRows.multiplyNarrow(depth, a, a0, a1, a2, a3, a4, a5, right, b0, to, at, ldc, add);
    } else if (group == 2) {
      TilesOfRows.multiply(depth, a, a0, a1, a2, a3, a4, a5, right, b0, to, at, ldc, add);
    } else {
      int b1 = packed(p, depth, v + 1);
      int b2 = packed(p, depth, v + 2);
      TilesOfRows.multiplyWide(
          depth, a, a0, a1, a2, a3, a4, a5, right, b0, b1, b2, to, at, ldc, add);
    }
  }

  /** Where a row of A starts; those beyond the last are the last one once more, and not kept. */
  private int start(int p, int row) {
    return offset + Math.min(m - 1, row) * k + p;
  }

  /**
   * Adds a block of k to the left over columns of a strip; their sums are at {@code edge[own…]}.
   */
  private void dots(int p, int depth, int row, float[] last, float[] edge, int own) {
    int rows = Math.min(ROWS, m - row);
    int whole = Lanes.FLOATS.loopBound(depth);
    int a0 = start(p, row);
    int a1 = start(p, row + 1);
    int a2 = start(p, row + 2);
    int a3 = start(p, row + 3);
    int a4 = start(p, row + 4);
    int a5 = start(p, row + 5);
    for (int j = 0; j < leftOver; j++) {
      int sums = own + j * ROWS * N;
      Dots.accumulateStrip(whole, a, a0, a1, a2, a3, a4, a5, last, j * k + p, edge, sums);
      if (p + depth == k) {
        for (int r = 0; r < rows; r++) {
          int at = sums + r * N;
          float sum = Dots.fold(edge, at);
          for (int q = p + whole; q < k; q++) {
            sum = Math.fma(a[start(q, row + r)], last[j * k + q], sum);
          }
          edge[at] = sum;
        }
        c.flush(edge, sums, N, row, rows, vectors * N + j, 1, true, true);
      }
    }
  }
}
