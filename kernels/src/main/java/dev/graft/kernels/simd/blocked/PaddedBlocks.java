package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.ConvGeometry;
import java.util.Arrays;

/**
 * Where a convolution on blocks finds its input: in x itself, or, where there is padding, in a copy
 * with zeros around each plane, so that no step of the innermost loop asks for a border.
 *
 * <p>A plane is one channel of a planar x, or one block of channels; an element of it one number or
 * one vector.
 */
final class PaddedBlocks {

  /** Numbers of an element. */
  final int unit;

  private final ConvGeometry g;

  /** Whether it is a copy. */
  final boolean isCopy;

  private final int height;
  private final int width;

  /**
   * @param unit 1 for a planar x, or the lanes of a block
   */
  PaddedBlocks(ConvGeometry g, int unit) {
    this.g = g;
    this.unit = unit;
    isCopy = g.padTop() > 0 || g.padLeft() > 0 || g.padBottom() > 0 || g.padRight() > 0;
    height =
        isCopy
            ? (g.outHeight() - 1) * g.strideHeight()
                + (g.kernelHeight() - 1) * g.dilationHeight()
                + 1
            : g.inHeight();
    width =
        isCopy
            ? (g.outWidth() - 1) * g.strideWidth() + (g.kernelWidth() - 1) * g.dilationWidth() + 1
            : g.inWidth();
  }

  /** Planes of an image. */
  int planes() {
    return (g.inChannels() + unit - 1) / unit;
  }

  /** Numbers of a plane. */
  private int plane() {
    return height * width * unit;
  }

  /** Numbers of an image that are copied. */
  long copied() {
    return isCopy ? image() : 0;
  }

  /** Numbers of an image; more than an array holds where that is too large. */
  long image() {
    return (long) planes() * height * width * unit;
  }

  /** Where each channel and tap lies from a pixel's place: blocks of channels, taps, channels. */
  int[] steps(int lanes) {
    int[] steps = new int[g.inChannels() * g.kernelHeight() * g.kernelWidth()];
    int q = 0;
    for (int block = 0; block < g.inChannels(); block += lanes) {
      for (int kh = 0; kh < g.kernelHeight(); kh++) {
        for (int kw = 0; kw < g.kernelWidth(); kw++) {
          int tap = (kh * g.dilationHeight() * width + kw * g.dilationWidth()) * unit;
          for (int c = block; c < Math.min(g.inChannels(), block + lanes); c++) {
            steps[q++] = c / unit * plane() + c % unit + tap;
          }
        }
      }
    }
    return steps;
  }

  /**
   * Where the first tap of each output's window lies.
   *
   * @param multiple to which their number is rounded up, by repeating the last
   */
  int[] pixels(int multiple) {
    int[] pixels = new int[(g.outPlane() + multiple - 1) / multiple * multiple];
    for (int i = 0; i < pixels.length; i++) {
      int output = Math.min(i, g.outPlane() - 1);
      int oh = output / g.outWidth();
      int ow = output % g.outWidth();
      pixels[i] = (oh * g.strideHeight() * width + ow * g.strideWidth()) * unit;
    }
    return pixels;
  }

  /** Copies plane {@code number} of an image into its place. */
  void copy(float[] x, int image, int number, float[] to, int toImage) {
    int at = toImage + number * plane();
    int from = image + number * g.inPlane() * unit;
    int row = width * unit;
    int rows = Math.max(0, Math.min(g.inHeight(), height - g.padTop()));
    int columns = Math.max(0, Math.min(g.inWidth(), width - g.padLeft())) * unit;
    int left = Math.min(width, g.padLeft()) * unit;
    int top = Math.min(height, g.padTop());
    Arrays.fill(to, at, at + top * row, 0f);
    for (int h = 0; h < rows; h++) {
      int start = at + (top + h) * row;
      Arrays.fill(to, start, start + left, 0f);
      System.arraycopy(x, from + h * g.inWidth() * unit, to, start + left, columns);
      Arrays.fill(to, start + left + columns, start + row, 0f);
    }
    Arrays.fill(to, at + (top + rows) * row, at + height * row, 0f);
  }
}
