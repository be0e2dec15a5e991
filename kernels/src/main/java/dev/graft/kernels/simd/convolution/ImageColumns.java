package dev.graft.kernels.simd.convolution;

import dev.graft.kernels.simd.image.Planes;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.product.RightOperand;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The right operand of a convolution as a product, packed straight from the images: row (channel,
 * tap), column (image, oh, ow) of a grid whose rows are as long as the images'.
 *
 * <p>Since the rows are equally long, what a tap reads for a run of columns is a run of the image
 * as well, shifted by a constant: one load, one AND that clears what the padding or a neighbouring
 * row would contribute, one store, for a whole vector of columns.
 *
 * <pre>
 *   grid    | 0 1 2 3 | 4 5 6 7 | 8 …        tap (0, -1): shift -1
 *   image   | a b c d | e f g h | i …
 *   column    0 a b c   0 e f g   0 …        the mask clears the column where ow + dw &lt; 0
 * </pre>
 */
final class ImageColumns implements RightOperand {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = Lanes.COUNT;

  /** Operations to pack one element without vectors. */
  private static final int PIXEL = 8;

  private static final KernelForm FORM = new KernelForm("columns of images", new PackTrial());

  private final Planes x;
  private final Taps taps;
  private final int pitch;
  private final int plane;
  private final boolean flat;
  private final boolean masked;
  private final int lowest;
  private final int highest;

  /**
   * Row, and behind all rows the column, of every pixel of the grid and of a vector past its end;
   * there while it is open.
   */
  private float[] places = ScratchArrays.NONE;

  private final ScratchArrays scratch;

  /**
   * @param gridHeight rows of the output
   * @param gridWidth columns of the output
   */
  ImageColumns(Planes x, Taps taps, int gridHeight, int gridWidth, ScratchArrays scratch) {
    this.x = x;
    this.taps = taps;
    this.pitch = pitch(x, gridWidth);
    this.plane = gridHeight * pitch;
    this.flat = pitch == x.width();
    this.scratch = scratch;
    int low = 0;
    int high = 0;
    for (int t = 0; t < taps.count(); t++) {
      int shift = taps.dh()[t] * x.width() + taps.dw()[t];
      low = Math.min(low, shift);
      high = Math.max(high, shift);
    }
    lowest = low;
    highest = high + Taps.highest(taps.phase()) * x.phaseStride();
    masked = !taps.isPointwise() || gridHeight > x.height();
  }

  /** Takes working memory, without which nothing can be packed. */
  ImageColumns open() {
    if (masked) {
      places = scratch.take(2 * (plane + N));
      for (int pixel = 0; pixel < plane + N; pixel++) {
        int row = pixel / pitch;
        places[pixel] = row;
        places[plane + N + pixel] = pixel - row * pitch;
      }
    }
    return this;
  }

  /** Gives the working memory back. */
  void close() {
    if (masked) {
      scratch.give(places);
      places = ScratchArrays.NONE;
    }
  }

  /** Columns of the grid in a row, those beyond the output's width included. */
  static int pitch(Planes x, int gridWidth) {
    return Math.max(x.width(), gridWidth);
  }

  @Override
  public void pack(int k0, int steps, int column, int columns, float[] to, int at) {
    if (!FORM.isVector((long) PIXEL * steps * columns)) {
      packPlain(k0, steps, column, columns, to, at);
      return;
    }
    packVectors(k0, steps, column, columns, to, at);
  }

  /** A single tap that reads its own pixel, within one image. */
  @Override
  public int direct(int k0, int column) {
    int image = column / plane;
    int pixel = column - image * plane;
    return masked || !flat || pixel + Tiles.WIDTH > plane
        ? -1
        : x.offset()
            + image * x.imageStride()
            + k0 * x.channelStride()
            + taps.phase()[0] * x.phaseStride()
            + pixel;
  }

  @Override
  public float[] array() {
    return x.array();
  }

  @Override
  public int stride() {
    return x.channelStride();
  }

  void packPlain(int k0, int steps, int column, int columns, float[] to, int at) {
    int from = columns < Tiles.WIDTH ? -1 : direct(k0, column);
    if (from < 0) {
      packPixels(Tiles.WIDTH, k0, steps, column, columns, to, at);
      return;
    }
    for (int p = 0; p < steps; p++) {
      int source = from + p * x.channelStride();
      System.arraycopy(x.array(), source, to, at + p * Tiles.WIDTH, Tiles.WIDTH);
    }
  }

  void packVectors(int k0, int steps, int column, int columns, float[] to, int at) {
    float[] masks = masked ? scratch.take(taps.count() * N) : to;
    for (int v = 0; v < Tiles.WIDTH; v += N) {
      packVector(k0, steps, column + v, Math.min(N, columns - v), to, at + v, masks);
    }
    if (masked) {
      scratch.give(masks);
    }
  }

  private void packVector(
      int k0, int steps, int column, int columns, float[] to, int at, float[] masks) {
    int image = column / plane;
    int pixel = column - image * plane;
    int count = taps.count();
    int channel = k0 / count;
    int tap = k0 - channel * count;
    int base = x.offset() + image * x.imageStride() + channel * x.channelStride() + pixel;
    int last = base + ((k0 + steps - 1) / count - channel) * x.channelStride();
    if (!flat
        || columns < N
        || pixel + N > plane
        || base + lowest < 0
        || last + highest + N > x.array().length) {
      packPixels(N, k0, steps, column, columns, to, at);
      return;
    }
    if (!masked) {
      int from = base + taps.phase()[0] * x.phaseStride();
      copyRows(x.array(), from, x.channelStride(), steps, to, at);
      return;
    }
    masks(pixel, masks);
    for (int p = 0; p < steps; p++) {
      int from = base + taps.phase()[tap] * x.phaseStride() + shift(tap);
      FloatVector.fromArray(F, x.array(), from)
          .reinterpretAsInts()
          .and(FloatVector.fromArray(F, masks, tap * N).reinterpretAsInts())
          .reinterpretAsFloats()
          .intoArray(to, at);
      at += Tiles.WIDTH;
      if (++tap == count) {
        tap = 0;
        base += x.channelStride();
      }
    }
  }

  private int shift(int tap) {
    return taps.dh()[tap] * x.width() + taps.dw()[tap];
  }

  /** A single tap that reads its own pixel. */
  private static void copyRows(float[] x, int from, int stride, int steps, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      FloatVector.fromArray(F, x, from).intoArray(to, at);
      from += stride;
      at += Tiles.WIDTH;
    }
  }

  /** For every tap all bits of the lanes whose pixel lies within the image. */
  private void masks(int pixel, float[] masks) {
    FloatVector row = FloatVector.fromArray(F, places, pixel);
    FloatVector column = FloatVector.fromArray(F, places, plane + N + pixel);
    IntVector none = IntVector.zero(I);
    for (int t = 0; t < taps.count(); t++) {
      FloatVector h = row.add((float) taps.dh()[t]);
      FloatVector w = column.add((float) taps.dw()[t]);
      VectorMask<Float> inside =
          h.compare(VectorOperators.GE, 0f)
              .and(h.compare(VectorOperators.LT, (float) x.height()))
              .and(w.compare(VectorOperators.GE, 0f))
              .and(w.compare(VectorOperators.LT, (float) x.width()));
      none.blend(-1, inside.cast(I)).reinterpretAsFloats().intoArray(masks, t * N);
    }
  }

  /** Pixel by pixel: at the end of an image or of the array, or where rows are not equally long. */
  private void packPixels(
      int width, int k0, int steps, int column, int columns, float[] to, int at) {
    int count = taps.count();
    for (int j = 0; j < width; j++) {
      int target = at + j;
      if (j >= columns) {
        for (int p = 0; p < steps; p++) {
          to[target + p * Tiles.WIDTH] = 0f;
        }
        continue;
      }
      int image = (column + j) / plane;
      int pixel = column + j - image * plane;
      int oh = pixel / pitch;
      int ow = pixel - oh * pitch;
      int channel = k0 / count;
      int tap = k0 - channel * count;
      int base = x.offset() + image * x.imageStride() + channel * x.channelStride();
      for (int p = 0; p < steps; p++) {
        int h = oh + taps.dh()[tap];
        int w = ow + taps.dw()[tap];
        boolean inside = h >= 0 && h < x.height() && w >= 0 && w < x.width();
        to[target] =
            inside ? x.array()[base + taps.phase()[tap] * x.phaseStride() + h * x.width() + w] : 0f;
        target += Tiles.WIDTH;
        if (++tap == count) {
          tap = 0;
          base += x.channelStride();
        }
      }
    }
  }
}
