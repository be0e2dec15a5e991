package dev.graft.kernels.simd.pooling;

import dev.graft.core.backend.PoolGeometry;
import dev.graft.kernels.simd.elementwise.Arithmetic;

/**
 * How many elements of each window of an average pooling count: a number of rows times a number of
 * columns.
 */
final class WindowCounts {

  private final int outWidth;
  private final int[] heights;
  private final float[] widths;

  WindowCounts(PoolGeometry g) {
    outWidth = g.outWidth();
    heights = heights(g);
    widths = widths(g);
  }

  /** {@code y = x / count} for a plane of outputs; x and y may be the same. */
  void divide(float[] x, int xo, float[] y, int yo) {
    for (int oh = 0; oh < heights.length; oh++) {
      int at = oh * outWidth;
      Arithmetic.divide(outWidth, x, xo + at, widths, (heights[oh] - 1) * outWidth, y, yo + at);
    }
  }

  /** The number of rows of each window that count, at least 1: what is divided then is zero. */
  private static int[] heights(PoolGeometry g) {
    int[] heights = new int[g.outHeight()];
    int end = g.inHeight() + (g.countIncludePad() ? g.padBottom() : 0);
    for (int oh = 0; oh < heights.length; oh++) {
      int start = oh * g.strideHeight() - g.padTop();
      heights[oh] = count(g.countIncludePad(), start, g.dilationHeight(), g.kernelHeight(), end);
    }
    return heights;
  }

  /** For each number of rows, the number of elements of each window of a row of outputs. */
  private static float[] widths(PoolGeometry g) {
    int outWidth = g.outWidth();
    float[] widths = new float[g.kernelHeight() * outWidth];
    int end = g.inWidth() + (g.countIncludePad() ? g.padRight() : 0);
    for (int at = 0; at < widths.length; at++) {
      int start = at % outWidth * g.strideWidth() - g.padLeft();
      int columns = count(g.countIncludePad(), start, g.dilationWidth(), g.kernelWidth(), end);
      widths[at] = (float) columns * (at / outWidth + 1);
    }
    return widths;
  }

  private static int count(boolean includePad, int start, int step, int kernel, int end) {
    int count = 0;
    for (int k = 0; k < kernel; k++) {
      int position = start + k * step;
      count += position < end && (includePad || position >= 0) ? 1 : 0;
    }
    return Math.max(1, count);
  }
}
