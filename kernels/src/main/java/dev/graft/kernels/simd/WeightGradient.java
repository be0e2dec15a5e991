package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gradient of a convolution to the weights of one group: {@code dw[o][c, tap] = Σ_q dy[o][q]
 * x[c][q + shift(tap)]} over the pixels q of all images. Pixels lie contiguous in both operands, so
 * it is a product of rows with rows ({@link Dots}) and dy is read where it lies.
 *
 * <p>Work is cut by shape alone into blocks of output channels and input channels, and into runs of
 * images where those blocks are few; each run has a sum of its own, added in order at the end.
 */
final class WeightGradient {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  /** Pixels in a block: 7 rows of them, what a tile reads, take 14 KiB of level-1 cache. */
  private static final int DEPTH = 512;

  /** Output channels in a block. */
  private static final int ROWS = 64;

  /** Weights of one output channel in a block, if the kernel is not larger by itself. */
  private static final int COLUMNS = 27;

  /** Blocks that are enough for any number of threads. */
  private static final int ENOUGH = 16;

  private final ConvGeometry g;
  private final Taps taps;
  private final Planes x;
  private final ScratchArrays scratch;
  private final int m;
  private final int channels;
  private final int columns;
  private final int rowBlocks;
  private final int channelBlocks;
  private final int channelsPerBlock;
  private final int runs;
  private final int pitch;
  private final int plane;

  /** dy: row o of image i starts at {@code offset + i imageStride + o rowStride}. */
  private final float[] dy;

  private final int dyOffset;
  private final int dyRow;
  private final int dyImage;

  /** Pixels that lie contiguous in a row of dy: a plane, or all images where they are packed. */
  private final int span;

  private final ImageRows rows;

  /**
   * @param x the input, in phases
   * @param packed dy packed by {@link #packRows}; null where it is read where it lies
   */
  WeightGradient(
      ConvGeometry g,
      Taps taps,
      Planes x,
      HostBuffer dy,
      int group,
      float[] packed,
      ScratchArrays scratch) {
    this.g = g;
    this.taps = taps;
    this.x = x;
    this.scratch = scratch;
    m = g.outChannels() / g.groups();
    channels = g.inChannels() / g.groups();
    columns = channels * taps.count();
    channelsPerBlock = Math.max(1, COLUMNS / taps.count());
    rowBlocks = Planes.ceil(m, ROWS);
    channelBlocks = Planes.ceil(channels, channelsPerBlock);
    pitch = ImageColumns.pitch(x, g.outWidth());
    plane = g.outHeight() * pitch;
    boolean lies = liesReady(g, x);
    int blocks = rowBlocks * channelBlocks;
    runs = lies ? Math.min(g.batch(), Planes.ceil(ENOUGH, blocks)) : 1;
    this.dy = lies ? dy.array() : packed;
    dyOffset = lies ? dy.offset() + group * m * plane : 0;
    dyImage = lies ? g.outChannels() * plane : 0;
    dyRow = lies ? plane : packedRow(g, plane);
    span = lies ? plane : packedRow(g, plane);
    rows = new ImageRows(x, taps, g.outHeight(), pitch, g.batch());
  }

  /** Whether the planes of dy consist of whole vectors and have the rows of x. */
  static boolean liesReady(ConvGeometry g, Planes x) {
    return x.width() == g.outWidth() && g.outPlane() % N == 0;
  }

  private static int packedRow(ConvGeometry g, int plane) {
    return Planes.ceil(g.batch() * plane, N) * N;
  }

  /** Elements of dy packed for {@code pitch} columns in a row. */
  static int packedLength(ConvGeometry g, int pitch) {
    return g.outChannels() / g.groups() * packedRow(g, g.outHeight() * pitch);
  }

  /** Packs a group of dy as [channels, all pixels of all images], with zeros where a row ends. */
  static void packRows(
      Workers workers, ConvGeometry g, HostBuffer dy, int group, int pitch, float[] to) {
    int m = g.outChannels() / g.groups();
    int plane = g.outHeight() * pitch;
    int row = packedRow(g, plane);
    workers.forEach(
        m,
        o -> {
          int at = o * row;
          for (int image = 0; image < g.batch(); image++) {
            int channel = image * g.outChannels() + group * m + o;
            int from = dy.offset() + channel * g.outPlane();
            for (int h = 0; h < g.outHeight(); h++) {
              System.arraycopy(dy.array(), from, to, at, g.outWidth());
              Arrays.fill(to, at + g.outWidth(), at + pitch, 0f);
              from += g.outWidth();
              at += pitch;
            }
          }
          Arrays.fill(to, at, (o + 1) * row, 0f);
        });
  }

  void run(Workers workers, float[] dw, int offset) {
    int blocks = rowBlocks * channelBlocks;
    int size = m * g.patch();
    float[] sums = runs == 1 ? dw : scratch.take(runs * size);
    workers.forEach(
        blocks * runs,
        chunk -> {
          int run = chunk / blocks;
          int block = chunk % blocks;
          int at = runs == 1 ? offset : run * size;
          block(
              block / channelBlocks * ROWS,
              block % channelBlocks * channelsPerBlock,
              run,
              sums,
              at);
        });
    if (runs > 1) {
      System.arraycopy(sums, 0, dw, offset, size);
      for (int run = 1; run < runs; run++) {
        for (int i = 0; i < size; i++) {
          dw[offset + i] += sums[run * size + i];
        }
      }
      scratch.give(sums);
    }
  }

  /** Some output channels and some input channels, over the images of a run. */
  private void block(int row, int channel, int run, float[] to, int at) {
    int height = Math.min(ROWS, m - row);
    int used = Math.min(channelsPerBlock, channels - channel);
    int width = used * taps.count();
    int rowTiles = Planes.ceil(height, Dots.ROWS);
    int columnTiles = Planes.ceil(width, Dots.COLUMNS);
    float[] sums = scratch.take(rowTiles * columnTiles * Dots.SUMS);
    float[] right = scratch.take(width * DEPTH);
    Arrays.fill(sums, 0, rowTiles * columnTiles * Dots.SUMS, 0f);
    boolean direct = dyImage > 0;
    int first = direct ? run * g.batch() / runs : 0;
    int end = direct ? (run + 1) * g.batch() / runs : 1;
    for (int image = first; image < end; image++) {
      int left = dyOffset + image * dyImage + row * dyRow;
      for (int q = 0; q < span; q += DEPTH) {
        int depth = Math.min(DEPTH, span - q);
        rows.pack(channel, used, image * plane + q, depth, right);
        for (int j = 0; j < columnTiles; j++) {
          int b0 = j * Dots.COLUMNS * depth;
          int b1 = Math.min(width - 1, j * Dots.COLUMNS + 1) * depth;
          int b2 = Math.min(width - 1, j * Dots.COLUMNS + 2) * depth;
          for (int i = 0; i < rowTiles; i++) {
            int a0 = left + i * Dots.ROWS * dyRow + q;
            int a1 = left + Math.min(height - 1, i * Dots.ROWS + 1) * dyRow + q;
            int a2 = left + Math.min(height - 1, i * Dots.ROWS + 2) * dyRow + q;
            int a3 = left + Math.min(height - 1, i * Dots.ROWS + 3) * dyRow + q;
            int s = (j * rowTiles + i) * Dots.SUMS;
            Dots.accumulate(depth, dy, a0, a1, a2, a3, right, b0, b1, b2, sums, s);
          }
        }
      }
    }
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        int tile = j / Dots.COLUMNS * rowTiles + i / Dots.ROWS;
        int lanes = (i % Dots.ROWS * Dots.COLUMNS + j % Dots.COLUMNS) * N;
        float sum = Dots.fold(sums, tile * Dots.SUMS + lanes);
        to[at + (row + i) * columns + channel * taps.count() + j] = sum;
      }
    }
    scratch.give(right);
    scratch.give(sums);
  }
}
