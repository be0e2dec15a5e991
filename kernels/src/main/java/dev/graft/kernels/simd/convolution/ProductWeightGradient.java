package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.PaddedImages;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.RightMatrix;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.product.TilesOfRows;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The gradient of a convolution to the weights, for each group: {@code dw[o][c, tap] = Σ_q dy[o][q]
 * x[c][q + shift(tap)]} over the pixels q of all images, computed as the product {@code X [c tap,
 * q] dy^T [q, o]}. Rows of X are shifted views of the padded images and are read where they lie,
 * one element a step ({@link TilesOfRows}); only dy is packed, tile by tile.
 *
 * <p>Work is cut by shape alone: into tiles of output channels, blocks of rows of X, and, where
 * those are few, runs of images that sum apart and are added in order at the end.
 */
public final class ProductWeightGradient implements WeightGradient {

  private static final int WIDTH = Tiles.WIDTH;

  /** Rows of X for one packing of dy. */
  private static final int ROWS = 96 * TilesOfRows.ROWS;

  /** Chunks that are enough for any number of threads. */
  private static final int ENOUGH = 16;

  /** The most elements of padded images that are kept at once. */
  private static final int PADDED = 1 << 20;

  private final ConvGeometry g;
  private final Taps taps;
  private final PaddedImages padded;
  private final Workers workers;
  private final ScratchArrays scratch;
  private final int m;
  private final int n;
  private final int columns;
  private final int tiles;
  private final int rowBlocks;
  private final int runs;

  /** Elements of the sums of a run. */
  private final int size;

  /**
   * Pixels of an image in the order of its padded rows, and those that are none: dy is zero there.
   */
  private final int pixels;

  private final IntConsumer part = this::part;
  private final IntConsumer turnPart = this::turnPart;

  // The running gradient.
  private int group;
  private float[] dy = ScratchArrays.NONE;
  private int dyOffset;
  private float[] dw = ScratchArrays.NONE;
  private int dwOffset;
  private float[] sums = ScratchArrays.NONE;

  // Its images that are at hand: how many, the first, and where they lie.
  private int count;
  private int start;
  private float[] images = ScratchArrays.NONE;
  private int from;

  public ProductWeightGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.g = g;
    this.workers = workers;
    this.scratch = scratch;
    taps = Taps.of(g);
    padded = new PaddedImages(g, taps);
    m = g.outChannels() / g.groups();
    n = g.patch();
    tiles = Spans.ceil(m, WIDTH);
    columns = tiles * WIDTH;
    rowBlocks = Spans.ceil(n, ROWS);
    runs = Math.min(g.batch(), Spans.ceil(ENOUGH, tiles * rowBlocks));
    // A strip of rows may stand over; those rows are not read.
    size = (n + TilesOfRows.ROWS) * columns;
    pixels = padded.asTheyAre ? g.outPlane() : (g.outHeight() - 1) * padded.pitch + g.outWidth();
  }

  @Override
  public void run(HostBuffer x, HostBuffer dy, HostBuffer dw) {
    this.dy = dy.array();
    this.dyOffset = dy.offset();
    this.dw = dw.array();
    sums = scratch.take(runs * size);
    int perImage = padded.imageStride();
    int most = padded.asTheyAre ? g.batch() : Math.max(1, Math.min(g.batch(), PADDED / perImage));
    most = most >= g.batch() ? g.batch() : Spans.ceil(most, runs) * runs;
    images = padded.asTheyAre ? x.array() : scratch.take(most * perImage);
    for (group = 0; group < g.groups(); group++) {
      for (start = 0; start < g.batch(); start += most) {
        count = Math.min(most, g.batch() - start);
        if (padded.asTheyAre) {
          int channel = group * (g.inChannels() / g.groups());
          from = x.offset() + start * perImage + channel * g.inPlane();
        } else {
          padded.copy(workers, x, group, start, count, images);
          from = 0;
        }
        workers.forEach(runs * tiles * rowBlocks, part);
      }
      dwOffset = dw.offset() + group * m * n;
      workers.forEach(tiles, turnPart);
    }
    if (!padded.asTheyAre) {
      scratch.give(images);
    }
    scratch.give(sums);
    this.dy = ScratchArrays.NONE;
    this.dw = ScratchArrays.NONE;
    sums = ScratchArrays.NONE;
    images = ScratchArrays.NONE;
  }

  private void part(int chunk) {
    int run = chunk / (tiles * rowBlocks);
    int tile = chunk / rowBlocks % tiles;
    int row = chunk % rowBlocks * ROWS;
    for (int image = run; image < count; image += runs) {
      int at = from + image * padded.imageStride();
      boolean add = start + image >= runs;
      image(start + image, images, at, tile, row, sums, run * size, add);
    }
  }

  /** One image's part for a tile of output channels and a block of rows. */
  private void image(
      int image, float[] x, int from, int tile, int firstRow, float[] sums, int at, boolean add) {
    float[] right = scratch.take(Product.DEPTH * WIDTH);
    int end = Math.min(n, firstRow + ROWS);
    int width = Math.min(WIDTH, m - tile * WIDTH);
    for (int q = 0; q < pixels; q += Product.DEPTH) {
      int steps = Math.min(Product.DEPTH, pixels - q);
      pack(image, q, steps, tile * WIDTH, width, right);
      for (int row = firstRow; row < end; row += TilesOfRows.ROWS) {
        int a0 = from + start(row) + q;
        int a1 = from + start(Math.min(end - 1, row + 1)) + q;
        int a2 = from + start(Math.min(end - 1, row + 2)) + q;
        int a3 = from + start(Math.min(end - 1, row + 3)) + q;
        int a4 = from + start(Math.min(end - 1, row + 4)) + q;
        int a5 = from + start(Math.min(end - 1, row + 5)) + q;
        int to = at + row * columns + tile * WIDTH;
        if (width <= Lanes.COUNT) {
          TilesOfRows.multiplyNarrow(
              steps, x, a0, a1, a2, a3, a4, a5, right, 0, sums, to, columns, add || q > 0);
        } else {
          TilesOfRows.multiply(
              steps, x, a0, a1, a2, a3, a4, a5, right, 0, sums, to, columns, add || q > 0);
        }
      }
    }
    scratch.give(right);
  }

  private int start(int row) {
    int channel = row / taps.count();
    return channel * padded.channelStride() + padded.shift(row - channel * taps.count());
  }

  /** Packs dy of some channels as {@code [steps, WIDTH]}, with zeros between the rows. */
  private void pack(int image, int q, int steps, int channel, int width, float[] to) {
    int plane = dyOffset + (image * g.outChannels() + group * m + channel) * g.outPlane();
    if (padded.asTheyAre) {
      RightMatrix.packTransposed(dy, plane + q, g.outPlane(), steps, width, to, 0);
      return;
    }
    for (int p = 0; p < steps; ) {
      int oh = (q + p) / padded.pitch;
      int ow = q + p - oh * padded.pitch;
      int run = Math.min(steps - p, padded.pitch - ow);
      int valid = Math.max(0, Math.min(run, g.outWidth() - ow));
      if (valid > 0) {
        int from = plane + oh * g.outWidth() + ow;
        RightMatrix.packTransposed(dy, from, g.outPlane(), valid, width, to, p * WIDTH);
      }
      Arrays.fill(to, (p + valid) * WIDTH, (p + run) * WIDTH, 0f);
      p += run;
    }
  }

  /** Adds the runs and turns [patch, channels] into dw [channels, patch]. */
  private void turnPart(int tile) {
    int end = Math.min(m, (tile + 1) * WIDTH);
    for (int row = 0; row < n; row++) {
      for (int o = tile * WIDTH; o < end; o++) {
        float sum = sums[row * columns + o];
        for (int run = 1; run < runs; run++) {
          sum += sums[run * size + row * columns + o];
        }
        dw[dwOffset + o * n + row] = sum;
      }
    }
  }
}
