package dev.graft.kernels.simd.product;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The left operand of a product, A [m, k], and how to pack it into strips as high as the tiles. One
 * object serves many operands of a shape, one after the other, each {@link #over} an array.
 *
 * <p>Element (i, p) lies at {@code offset + i rowStride + p kStride}, or where {@code taps} are
 * given at {@code offset + i rowStride + channel kStride + taps.weight[tap]} with {@code p =
 * channel taps.count + tap}: what the weights of a transposed convolution need.
 *
 * <p>Packed: blocks of {@link Product#DEPTH} steps of k; within a block strips from top to bottom;
 * within a strip {@code [k, height]}. Rows below the last are zero.
 */
public final class LeftOperand {

  /** Rows that one chunk of packing covers at least. */
  private static final int CHUNK = 1 << 15;

  private final int rowStride;
  private final int kStride;
  private final @Nullable Taps taps;
  private final int m;
  private final int k;
  private final int rows;
  private final IntConsumer part = this::packPart;

  private float[] array = ScratchArrays.NONE;
  private int offset;

  // What is packed just now.
  private int k0;
  private int depth;
  private int across;
  private int perChunk;
  private float[] to = ScratchArrays.NONE;
  private int at;

  public LeftOperand(int rowStride, int kStride, @Nullable Taps taps, int m, int k) {
    this.rowStride = rowStride;
    this.kStride = kStride;
    this.taps = taps;
    this.m = m;
    this.k = k;
    this.rows = Tiles.padded(m);
  }

  /** A dense matrix, stored as [m, k] or, transposed, as [k, m]. */
  public static LeftOperand matrix(boolean transposed, int m, int k) {
    return new LeftOperand(transposed ? 1 : k, transposed ? m : 1, null, m, k);
  }

  /** The operand that begins there. */
  public LeftOperand over(float[] array, int offset) {
    this.array = array;
    this.offset = offset;
    return this;
  }

  /** Rows. */
  int m() {
    return m;
  }

  /** Columns. */
  public int k() {
    return k;
  }

  /** Elements of the packed form. */
  public int packedLength() {
    return Math.multiplyExact(rows, k);
  }

  /**
   * Where a strip's rows lie in the packed form of a whole operand, for one step.
   *
   * @param row the first of the strip
   * @param height of the strip
   */
  public int packedAt(int row, int height, int p) {
    int block = p / Product.DEPTH * Product.DEPTH;
    int steps = Math.min(Product.DEPTH, k - block);
    return rows * block + row * steps + (p - block) * height;
  }

  /** Packs the steps k0 … k0+depth-1, a multiple of {@link Product#DEPTH} or up to the end. */
  public void pack(Workers workers, int k0, int depth, float[] to, int at) {
    perChunk = Math.max(1, CHUNK / Math.max(1, Math.min(depth, Product.DEPTH) * Tiles.TALL));
    int strips = (rows + Tiles.TALL - 1) / Tiles.TALL;
    across = (strips + perChunk - 1) / perChunk;
    int blocks = (depth + Product.DEPTH - 1) / Product.DEPTH;
    if (across * blocks == 1) {
      packBlock(k0, depth, 0, rows, to, at);
      return;
    }
    this.k0 = k0;
    this.depth = depth;
    this.to = to;
    this.at = at;
    workers.forEach(across * blocks, part);
    this.to = ScratchArrays.NONE;
  }

  private void packPart(int chunk) {
    int block = chunk / across * Product.DEPTH;
    int steps = Math.min(Product.DEPTH, depth - block);
    int from = chunk % across * perChunk * Tiles.TALL;
    int end = Math.min(rows, from + perChunk * Tiles.TALL);
    packBlock(k0 + block, steps, from, end, to, at + rows * block + from * steps);
  }

  /** Packs rows {@code from} (a multiple of the tallest height) to {@code end} of one block. */
  void packBlock(int k0, int steps, int from, int end, float[] to, int at) {
    for (int row = from; row < end; ) {
      int height = Tiles.height(m - row);
      int rows = Math.min(height, m - row);
      if (taps != null) {
        packGathered(k0, steps, row, rows, height, to, at, taps);
      } else if (rowStride == 1) {
        packColumns(k0, steps, row, rows, height, to, at);
      } else {
        packRows(k0, steps, row, rows, height, to, at);
      }
      at += steps * height;
      row += height;
    }
  }

  private void packColumns(int k0, int steps, int row, int rows, int height, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      int from = offset + row + (k0 + p) * kStride;
      int target = at + p * height;
      for (int r = 0; r < rows; r++) {
        to[target + r] = array[from + r];
      }
      for (int r = rows; r < height; r++) {
        to[target + r] = 0;
      }
    }
  }

  private void packRows(int k0, int steps, int row, int rows, int height, float[] to, int at) {
    int r = 0;
    for (; r + 4 <= rows && kStride == 1; r += 4) {
      int from = offset + (row + r) * rowStride + k0;
      packFour(array, from, rowStride, steps, to, at + r, height);
    }
    for (; r < height; r++) {
      int from = offset + (row + r) * rowStride + k0 * kStride;
      int target = at + r;
      for (int p = 0; p < steps; p++) {
        to[target] = r < rows ? array[from] : 0;
        from += kStride;
        target += height;
      }
    }
  }

  /** Four rows at once: what they yield for one step lies side by side. */
  private static void packFour(
      float[] from, int row0, int rowStride, int steps, float[] to, int at, int height) {
    int row1 = row0 + rowStride;
    int row2 = row1 + rowStride;
    int row3 = row2 + rowStride;
    for (int p = 0; p < steps; p++) {
      to[at] = from[row0 + p];
      to[at + 1] = from[row1 + p];
      to[at + 2] = from[row2 + p];
      to[at + 3] = from[row3 + p];
      at += height;
    }
  }

  private void packGathered(
      int k0, int steps, int row, int rows, int height, float[] to, int at, Taps taps) {
    int channel = k0 / taps.count();
    int tap = k0 - channel * taps.count();
    for (int p = 0; p < steps; p++) {
      int from = offset + row * rowStride + channel * kStride + taps.weight()[tap];
      int target = at + p * height;
      for (int r = 0; r < rows; r++) {
        to[target + r] = array[from + r * rowStride];
      }
      for (int r = rows; r < height; r++) {
        to[target + r] = 0;
      }
      if (++tap == taps.count()) {
        tap = 0;
        channel++;
      }
    }
  }
}
