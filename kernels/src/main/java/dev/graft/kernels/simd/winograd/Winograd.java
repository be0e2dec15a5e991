package dev.graft.kernels.simd.winograd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.Interleave;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.function.IntConsumer;

/**
 * 3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3): a tile of 4x4 outputs
 * takes 36 multiplications for each pair of channels instead of 144 (Lavin and Gray, CVPR 2016).
 *
 * <pre>
 *   6x6 pixels of every tile --B^T d B-->  V [36][channels][tiles]
 *   weights                  --G w G^T-->  U [36][m][channels]      36 products M = U V
 *   4x4 outputs              &lt;--A^T M A--  M [36][m][tiles]
 * </pre>
 *
 * <p>Tiles are counted through all images and taken {@link Tiles#WIDTH} at a time; all that one
 * such block needs stays in the level-2 cache.
 *
 * <p>Rounding errors are some ten times those of the direct sum, still near 1e-6 of the largest
 * output.
 *
 * <p>One object serves many convolutions of a geometry, one after the other.
 */
public final class Winograd {

  /** Points of the transform: products for one tile. */
  static final int POINTS = 36;

  /** Of the transforms, for a tile. */
  static final long OPERATIONS = 5 * POINTS;

  private static final int N = Lanes.COUNT;
  private static final int WIDTH = Tiles.WIDTH;

  /** Channels that one chunk transforms where blocks are shared. */
  private static final int CHANNELS = 16;

  /** With fewer channels the transforms cost more than the products that they save. */
  private static final int FEWEST = 16;

  /** Elements of transformed weights that a level-2 cache holds. */
  private static final int SMALL = 1 << 18;

  /** Elements of the transformed weights, above which they are not worth their memory. */
  private static final long LARGEST = 1 << 28;

  private static final KernelForm OUTPUT =
      new KernelForm("Winograd output", new WinogradTrials.Output());

  private final int channels;
  private final int m;
  private final int outHeight;
  private final int outWidth;
  private final ScratchArrays scratch;
  private final int tilesX;
  private final int tilesPerImage;
  private final int tiles;
  private final int blocks;

  /** Parts of the channels, and of the outputs, where a block is shared. */
  private final int parts;

  private final int strips;

  /**
   * Elements from one point of V to the next: one row more than there are, since with a power of
   * two all 36 stores of a tile would compete for the same set of the level-1 cache.
   */
  private final int pointStride;

  private final WinogradInput input;
  private final WinogradWeights weights;
  private final ResultWriter target;
  private final IntConsumer wholeBlock = this::wholeBlock;
  private final IntConsumer inputPart = this::inputPart;
  private final IntConsumer outputPart = this::outputPart;
  private final IntConsumer outputStrip = this::outputStrip;

  /** U of all strips, where it is transformed ahead. */
  private float[] u = ScratchArrays.NONE;

  /** V of all blocks, where they are shared. */
  private float[] shared = ScratchArrays.NONE;

  /** A convolution of {@code x [images, channels, height, width]}. */
  private Winograd(
      int images,
      int channels,
      int height,
      int width,
      int m,
      int outHeight,
      int outWidth,
      int padTop,
      int padLeft,
      boolean transposed,
      ScratchArrays scratch) {
    this.channels = channels;
    this.m = m;
    this.outHeight = outHeight;
    this.outWidth = outWidth;
    this.scratch = scratch;
    tilesX = Spans.ceil(outWidth, 4);
    tilesPerImage = tilesX * Spans.ceil(outHeight, 4);
    tiles = images * tilesPerImage;
    blocks = Spans.ceil(tiles, WIDTH);
    parts = Spans.ceil(channels, CHANNELS);
    strips = Spans.ceil(m, Tiles.TALL);
    pointStride = (channels + 1) * WIDTH;
    input =
        new WinogradInput(channels, height, width, outHeight, outWidth, padTop, padLeft, scratch);
    weights = new WinogradWeights(m, channels, transposed, scratch);
    target = ResultWriter.planes(m, outHeight * outWidth);
  }

  /** For the convolution {@code g} of its x. */
  static Winograd forward(ConvGeometry g, ScratchArrays scratch) {
    return new Winograd(
        g.batch(),
        g.inChannels(),
        g.inHeight(),
        g.inWidth(),
        g.outChannels(),
        g.outHeight(),
        g.outWidth(),
        g.padTop(),
        g.padLeft(),
        false,
        scratch);
  }

  /** For the gradient to the input of {@code g}: a convolution of dy with transposed weights. */
  static Winograd towardsInput(ConvGeometry g, ScratchArrays scratch) {
    return new Winograd(
        g.batch(),
        g.outChannels(),
        g.outHeight(),
        g.outWidth(),
        g.inChannels(),
        g.inHeight(),
        g.inWidth(),
        2 - g.padTop(),
        2 - g.padLeft(),
        true,
        scratch);
  }

  /** Whether F(4x4, 3x3) is faster than the direct product, for forward and input gradient. */
  public static boolean suits(ConvGeometry g) {
    return gain(g) > 1.2;
  }

  /** How many times as long the direct product takes; 0 where F(4x4, 3x3) does not compute it. */
  public static double gain(ConvGeometry g) {
    if (g.kernelHeight() != 3
        || g.kernelWidth() != 3
        || g.strideHeight() != 1
        || g.strideWidth() != 1
        || g.dilationHeight() != 1
        || g.dilationWidth() != 1
        || g.groups() != 1
        || Math.min(g.inChannels(), g.outChannels()) < FEWEST
        || (long) POINTS * g.inChannels() * g.outChannels() > LARGEST
        || Math.max(Math.max(g.padTop(), g.padLeft()), Math.max(g.padBottom(), g.padRight())) > 2) {
      return 0;
    }
    long tiles = (long) g.batch() * Spans.ceil(g.outHeight(), 4) * Spans.ceil(g.outWidth(), 4);
    // For each pair of channels: vectors of products, and half that number of cycles to read U from
    // memory once; the transforms add some vectors for each channel alone.
    long vectors = (tiles + N - 1) / N;
    double perChannel = 60.0 / g.inChannels() + 50.0 / g.outChannels();
    double winograd = vectors * (POINTS + 16 * perChannel) + POINTS / 2.0;
    double direct = 9.0 * ((long) g.batch() * g.outPlane() + N - 1) / N;
    return direct / winograd;
  }

  /** Where the outputs go, and what happens on the way. */
  ResultWriter target() {
    return target;
  }

  /**
   * Convolves x, from its beginning.
   *
   * @param isPacked whether the weights are packed as those of the direct product are
   */
  void run(Workers workers, HostBuffer x, HostBuffer w, boolean isPacked) {
    weights.over(w.array(), w.offset(), isPacked);
    boolean isWhole = isWhole(workers);
    if (isWhole || strips < 3 * workers.threads()) {
      u = scratch.take(weights.length());
      weights.transform(workers, u);
      if (isWhole) {
        inWholeBlocks(workers, x);
      } else {
        inStrips(workers, x, blocks * strips, outputPart);
      }
      scratch.give(u);
      u = ScratchArrays.NONE;
    } else {
      inStrips(workers, x, strips, outputStrip);
    }
    weights.over(ScratchArrays.NONE, 0, false);
  }

  /**
   * Whether there are blocks of tiles for all threads, so that each thread takes whole ones, and
   * the transformed weights take no more memory than the tiles of all blocks would.
   */
  private boolean isWhole(Workers workers) {
    return (workers.threads() == 1 || blocks >= 3 * workers.threads())
        && weights.length() <= Math.max(SMALL, (long) blocks * POINTS * pointStride);
  }

  private void inWholeBlocks(Workers workers, HostBuffer x) {
    input.over(x.array(), x.offset());
    workers.forEach(blocks, wholeBlock);
    input.over(ScratchArrays.NONE, 0);
  }

  private void wholeBlock(int block) {
    float[] v = scratch.take(POINTS * pointStride);
    transformInput(block, 0, channels, v, 0);
    for (int strip = 0; strip < strips; strip++) {
      multiply(block, strip, u, strip * weights.stripLength(), v, 0);
    }
    scratch.give(v);
  }

  private void inStrips(Workers workers, HostBuffer x, int chunks, IntConsumer output) {
    input.over(x.array(), x.offset());
    shared = scratch.take(blocks * POINTS * pointStride);
    workers.forEach(blocks * parts, inputPart);
    workers.forEach(chunks, output);
    scratch.give(shared);
    shared = ScratchArrays.NONE;
    input.over(ScratchArrays.NONE, 0);
  }

  private void inputPart(int chunk) {
    int block = chunk / parts;
    int first = chunk % parts * CHANNELS;
    int end = Math.min(channels, first + CHANNELS);
    transformInput(block, first, end, shared, block * POINTS * pointStride);
  }

  private void transformInput(int block, int first, int end, float[] v, int at) {
    int t0 = block * WIDTH;
    input.transform(t0, Math.min(tiles, t0 + WIDTH), first, end, v, at, pointStride);
  }

  private void outputPart(int chunk) {
    int block = chunk / strips;
    int strip = chunk % strips;
    int left = strip * weights.stripLength();
    multiply(block, strip, u, left, shared, block * POINTS * pointStride);
  }

  /** A strip of the weights is transformed where it is used, and never leaves the cache. */
  private void outputStrip(int strip) {
    float[] own = scratch.take(weights.stripLength());
    weights.transform(strip, own, 0);
    for (int block = 0; block < blocks; block++) {
      multiply(block, strip, own, 0, shared, block * POINTS * pointStride);
    }
    scratch.give(own);
  }

  /** Products and output of a strip of rows, whose weights are there, for one block of tiles. */
  private void multiply(int block, int strip, float[] u, int uAt, float[] v, int at) {
    int t0 = block * WIDTH;
    int count = Math.min(tiles - t0, WIDTH);
    int first = strip * Tiles.TALL;
    int rows = weights.rows(strip);
    int end = first + rows;
    float[] products = scratch.take(POINTS * Tiles.AREA + N);
    float[] work = scratch.take((24 + 16) * N);
    float[] lines = scratch.take(4 * (4 * WIDTH + 4 * N));
    for (int row = first; row < end; ) {
      int high = Tiles.height(m - row);
      for (int p = 0; p < POINTS; p++) {
        for (int k = 0; k < channels; k += Product.DEPTH) {
          int depth = Math.min(Product.DEPTH, channels - k);
          int left = uAt + p * rows * channels + rows * k + (row - first) * depth;
          int right = at + p * pointStride + k * WIDTH;
          int to = p * Tiles.AREA;
          if (count <= N) {
            Tiles.multiplyNarrow(high, depth, u, left, v, right, WIDTH, products, to, WIDTH, k > 0);
          } else {
            Tiles.multiply(high, depth, u, left, v, right, WIDTH, products, to, WIDTH, k > 0);
          }
        }
      }
      for (int r = 0; r < Math.min(high, m - row); r++) {
        output(t0, count, row + r, products, r * WIDTH, work, lines);
      }
      row += high;
    }
    scratch.give(lines);
    scratch.give(work);
    scratch.give(products);
  }

  private void output(
      int t0, int count, int row, float[] products, int from, float[] work, float[] lines) {
    int length = 4 * WIDTH + 4 * N;
    boolean vector = OUTPUT.isVector(OPERATIONS * count);
    for (int i = 0; i < count; i += N) {
      if (vector) {
        WinogradTransform.output(products, from + i, Tiles.AREA, work, 24 * N);
        for (int r = 0; r < 4; r++) {
          Interleave.together(work, (24 + 4 * r) * N, lines, r * length + 4 * i);
        }
      } else {
        PlainWinograd.output(products, from + i, Tiles.AREA, work, 24 * N);
        for (int r = 0; r < 4; r++) {
          PlainWinograd.together(work, (24 + 4 * r) * N, lines, r * length + 4 * i);
        }
      }
    }
    for (int i = 0; i < count; ) {
      int image = (t0 + i) / tilesPerImage;
      int tile = t0 + i - image * tilesPerImage;
      int ty = tile / tilesX;
      int tx = tile - ty * tilesX;
      int run = Math.min(count - i, tilesX - tx);
      int pixels = Math.min(4 * run, outWidth - 4 * tx);
      for (int r = 0; r < Math.min(4, outHeight - 4 * ty); r++) {
        int pixel = (4 * ty + r) * outWidth + 4 * tx;
        target.row(lines, r * length + 4 * i, row, image, pixel, pixels);
      }
      i += run;
    }
  }
}
