package dev.graft.kernels.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The same matrix as {@link ImageColumns}, packed by rows: row (channel, tap), contiguous over the
 * pixels of the grid of all images.
 */
final class ImageRows {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = Lanes.COUNT;

  private final Planes x;
  private final Taps taps;
  private final int pitch;
  private final int plane;
  private final int pixels;
  private final int[] rowOf;
  private final int[] columnOf;

  /**
   * @param pitch columns of a row of the grid
   */
  ImageRows(Planes x, Taps taps, int gridHeight, int pitch, int images) {
    this.x = x;
    this.taps = taps;
    this.pitch = pitch;
    this.plane = gridHeight * pitch;
    this.pixels = images * plane;
    rowOf = new int[plane + N];
    columnOf = new int[plane + N];
    for (int pixel = 0; pixel < rowOf.length; pixel++) {
      rowOf[pixel] = pixel / pitch;
      columnOf[pixel] = pixel - rowOf[pixel] * pitch;
    }
  }

  /**
   * Packs all taps of some channels over the pixels q … q+depth-1, zero past the last image, as
   * {@code [channels, taps, depth]}.
   *
   * @param depth whole vectors
   */
  void pack(int channel, int channels, int q, int depth, float[] to) {
    int last = (channels - 1) * x.channelStride();
    for (int t = 0; t < taps.count(); t++) {
      int shift = taps.phase()[t] * x.phaseStride() + taps.dh()[t] * x.width() + taps.dw()[t];
      for (int v = 0; v < depth; v += N) {
        int image = (q + v) / plane;
        int pixel = q + v - image * plane;
        int from = x.offset() + image * x.imageStride() + channel * x.channelStride() + pixel;
        from += shift;
        int at = t * depth + v;
        if (pitch == x.width()
            && pixel + N <= plane
            && from >= 0
            && from + last + N <= x.array().length
            && q + v < pixels) {
          packVector(t, pixel, from, channels, to, at, taps.count() * depth);
        } else {
          packPixels(t, channel, channels, q + v, to, at, taps.count() * depth);
        }
      }
    }
  }

  /** One vector of pixels for one tap of all channels: they share the mask. */
  private void packVector(
      int t, int pixel, int from, int channels, float[] to, int at, int stride) {
    IntVector h = IntVector.fromArray(I, rowOf, pixel).add(taps.dh()[t]);
    IntVector w = IntVector.fromArray(I, columnOf, pixel).add(taps.dw()[t]);
    VectorMask<Integer> inside =
        h.compare(VectorOperators.GE, 0)
            .and(h.compare(VectorOperators.LT, x.height()))
            .and(w.compare(VectorOperators.GE, 0))
            .and(w.compare(VectorOperators.LT, x.width()));
    IntVector bits = IntVector.zero(I).blend(-1, inside);
    for (int c = 0; c < channels; c++) {
      FloatVector.fromArray(F, x.array(), from)
          .reinterpretAsInts()
          .and(bits)
          .reinterpretAsFloats()
          .intoArray(to, at);
      from += x.channelStride();
      at += stride;
    }
  }

  private void packPixels(int t, int channel, int channels, int q, float[] to, int at, int stride) {
    for (int j = 0; j < N; j++) {
      int image = (q + j) / plane;
      int pixel = q + j - image * plane;
      int h = pixel / pitch + taps.dh()[t];
      int w = pixel % pitch + taps.dw()[t];
      boolean inside = q + j < pixels && h >= 0 && h < x.height() && w >= 0 && w < x.width();
      int from =
          x.offset()
              + image * x.imageStride()
              + channel * x.channelStride()
              + taps.phase()[t] * x.phaseStride()
              + h * x.width()
              + w;
      for (int c = 0; c < channels; c++) {
        to[at + j + c * stride] = inside ? x.array()[from + c * x.channelStride()] : 0f;
      }
    }
  }
}
