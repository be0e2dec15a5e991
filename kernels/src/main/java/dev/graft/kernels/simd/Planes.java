package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * Images as a convolution of stride 1 reads them: planes of {@code height x width}, rows without
 * gaps.
 *
 * @param imageStride elements from one image to the next
 * @param channelStride elements from one channel to the next
 * @param phaseStride elements from one phase of a channel to the next
 */
record Planes(
    float[] array,
    int offset,
    int imageStride,
    int channelStride,
    int phaseStride,
    int height,
    int width) {

  private static final int N = Lanes.COUNT;
  private static final Form EVERY_SECOND = new Form("every second pixel", new SplitTrial());

  /** Images [batch, channels, height, width] as they are. */
  static Planes of(float[] x, int offset, int channels, int height, int width) {
    int plane = height * width;
    return new Planes(x, offset, channels * plane, plane, 0, height, width);
  }

  /** Elements that {@link #split} needs. */
  static int splitLength(int images, int channels, int height, int width, int sh, int sw) {
    return images * channels * sh * sw * ceil(height, sh) * ceil(width, sw);
  }

  /**
   * Images with strides {@code sh, sw} taken apart into {@code sh sw} phases, each a plane of every
   * sh-th row and sw-th column, padded with zeros: what a strided convolution reads lies side by
   * side then.
   *
   * @param first the first image
   * @param channels those to split, from {@code channel} on, of {@code all}
   */
  static Planes split(
      Workers workers,
      float[] x,
      int offset,
      int first,
      int images,
      int all,
      int channel,
      int channels,
      int height,
      int width,
      int sh,
      int sw,
      boolean[] used,
      float[] to) {
    int rows = ceil(height, sh);
    int columns = ceil(width, sw);
    int plane = rows * columns;
    int phases = sh * sw;
    workers.forEach(
        images * channels,
        chunk -> {
          int image = first + chunk / channels;
          int from = offset + (image * all + channel + chunk % channels) * height * width;
          for (int phase = 0; phase < phases; phase++) {
            if (used[phase]) {
              int at = (chunk * phases + phase) * plane;
              splitPlane(x, from, height, width, sh, sw, phase / sw, phase % sw, to, at);
            }
          }
        });
    return new Planes(to, 0, channels * phases * plane, phases * plane, plane, rows, columns);
  }

  private static void splitPlane(
      float[] x,
      int from,
      int height,
      int width,
      int sh,
      int sw,
      int ph,
      int pw,
      float[] to,
      int at) {
    int rows = ceil(height, sh);
    int columns = ceil(width, sw);
    for (int row = 0; row < rows; row++) {
      int h = row * sh + ph;
      int valid = h < height ? ceil(width - pw, sw) : 0;
      if (valid > 0) {
        spread(x, from + h * width + pw, sw, valid, to, at);
      }
      Arrays.fill(to, at + valid, at + columns, 0f);
      at += columns;
    }
  }

  /** {@code to[at + i] = x[from + i step]}. */
  static void spread(float[] x, int from, int step, int count, float[] to, int at) {
    if (step == 1) {
      System.arraycopy(x, from, to, at, count);
      return;
    }
    int i = 0;
    if (step == 2 && EVERY_SECOND.isVector(2L * count)) {
      for (; i + N <= count && from + 2 * i + 2 * N <= x.length; i += N) {
        Interleave.everySecond(x, from + 2 * i, to, at + i);
      }
    }
    spreadPlain(x, from, step, i, count, to, at);
  }

  /** From the element {@code first} on. */
  static void spreadPlain(float[] x, int from, int step, int first, int count, float[] to, int at) {
    for (int i = first; i < count; i++) {
      to[at + i] = x[from + i * step];
    }
  }

  static int ceil(int n, int divisor) {
    return (n + divisor - 1) / divisor;
  }
}
