package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of one group whose output lies in blocks of channels; the input may be planar. Its
 * state is a few tables: any number of threads may run it at once.
 */
final class BlockedConvolution implements BlockedForward {

  private static final int N = Lanes.COUNT;
  private static final int PIXELS = BlockedTiles.PIXELS;

  /** The most elements of padded images that are kept at once. */
  private static final int PADDED = 1 << 20;

  /**
   * The most tiles of pixels that pass by the weights of a tile: their input stays in the second
   * level. Those of 13x13 pixels go by at once.
   */
  private static final int TILES = 24;

  /** Multiply-adds that are worth a thread. */
  private static final long CHUNK = 1 << 20;

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;
  private final PaddedBlocks input;
  private final int[] steps;
  private final int[] pixels;

  /** Blocks of the output. */
  private final int blocks;

  /** The first block of each tile, and their end. */
  private final int[] starts;

  BlockedConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g, boolean planar) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    input = new PaddedBlocks(g, planar ? 1 : N);
    steps = input.steps(N);
    pixels = input.pixels(PIXELS);
    blocks = Spans.ceil(g.outChannels(), N);
    int[] found = new int[blocks + 1];
    int tiles = 0;
    for (int block = 0; block < blocks; tiles++) {
      block += BlockedTiles.blocks(blocks - block);
      found[tiles + 1] = block;
    }
    starts = Arrays.copyOf(found, tiles + 1);
  }

  static int packedLength(ConvGeometry g) {
    return Spans.ceil(g.outChannels(), N) * N * g.patch();
  }

  @Override
  public void pack(HostBuffer w, float[] to) {
    workers.forEach(starts.length - 1, tile -> pack(w, tile, to));
  }

  /** For each step a vector for each block of the tile, zeros behind the last channel. */
  private void pack(HostBuffer w, int tile, float[] to) {
    int k = steps.length;
    int taps = g.kernelHeight() * g.kernelWidth();
    int width = (starts[tile + 1] - starts[tile]) * N;
    int at = starts[tile] * N * k;
    for (int column = 0; column < width; column++) {
      int output = starts[tile] * N + column;
      int from = w.offset() + output * k;
      int q = at + column;
      for (int block = 0; block < g.inChannels(); block += N) {
        int end = Math.min(g.inChannels(), block + N);
        for (int tap = 0; tap < taps; tap++) {
          for (int c = block; c < end; c++) {
            to[q] = output < g.outChannels() ? w.array()[from + c * taps + tap] : 0f;
            q += width;
          }
        }
      }
    }
  }

  @Override
  public void run(
      HostBuffer x,
      float[] weights,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y) {
    float[] shift = BlockedForward.shift(scratch, bias, g.outChannels(), blocks * N);
    BlockedResult result = BlockedResult.of(epilogue);
    int image = input.planes() * g.inPlane() * input.unit;
    int outImage = blocks * N * g.outPlane();
    if (!input.isCopy) {
      tiles(x.array(), x.offset(), image, g.batch(), weights, shift, residual, 0, result, y);
    } else {
      int perImage = Math.toIntExact(input.image());
      int images = Math.max(1, Math.min(g.batch(), PADDED / perImage));
      float[] padded = scratch.take(images * perImage);
      for (int first = 0; first < g.batch(); first += images) {
        int count = Math.min(images, g.batch() - first);
        int from = x.offset() + first * image;
        int planes = input.planes();
        Spans.forRows(
            workers,
            count * planes,
            perImage / planes,
            (start, n) -> {
              for (int i = start; i < start + n; i++) {
                int number = i / planes;
                input.copy(x.array(), from + number * image, i % planes, padded, number * perImage);
              }
            });
        int done = first * outImage;
        tiles(padded, 0, perImage, count, weights, shift, residual, done, result, y);
      }
      scratch.give(padded);
    }
    scratch.give(shift);
  }

  /**
   * Some images.
   *
   * @param done elements of y before the first of them
   */
  private void tiles(
      float[] x,
      int xo,
      int image,
      int images,
      float[] weights,
      float[] shift,
      @Nullable HostBuffer residual,
      int done,
      BlockedResult result,
      HostBuffer y) {
    int rows = Spans.ceil(g.outPlane(), PIXELS);
    int perChunk = Spans.ceil(rows, Spans.ceil(rows, TILES));
    int parts = Spans.ceil(rows, perChunk);
    int groups = starts.length - 1;
    long each = (long) perChunk * PIXELS * BlockedTiles.WIDEST * N * steps.length;
    int perGroup = (int) Math.max(1, Math.min(groups, CHUNK / each));
    int groupParts = Spans.ceil(groups, perGroup);
    int outImage = blocks * N * g.outPlane();
    workers.forEach(
        images * parts * groupParts,
        chunk -> {
          float[] sums = scratch.take(BlockedTiles.AREA);
          int first = chunk % groupParts * perGroup;
          int rest = chunk / groupParts;
          int row = rest % parts * perChunk;
          int number = rest / parts;
          int to = done + number * outImage;
          for (int group = first; group < Math.min(groups, first + perGroup); group++) {
            for (int r = row; r < Math.min(rows, row + perChunk); r++) {
              tile(group, r, x, xo + number * image, weights, shift, residual, to, result, y, sums);
            }
          }
          scratch.give(sums);
        });
  }

  private void tile(
      int group,
      int row,
      float[] x,
      int xo,
      float[] weights,
      float[] shift,
      @Nullable HostBuffer residual,
      int image,
      BlockedResult result,
      HostBuffer y,
      float[] sums) {
    int start = starts[group];
    int count = starts[group + 1] - start;
    int at = row * PIXELS;
    int k = steps.length;
    BlockedTiles.multiply(count, k, steps, x, xo, pixels, at, weights, start * N * k, sums);
    int valid = Math.min(PIXELS, g.outPlane() - at);
    for (int block = 0; block < count; block++) {
      int to = image + ((start + block) * g.outPlane() + at) * N;
      result.write(
          valid,
          sums,
          block * PIXELS * N,
          shift,
          (start + block) * N,
          residual == null ? null : residual.array(),
          residual == null ? 0 : residual.offset() + to,
          y.array(),
          y.offset() + to);
    }
  }
}
