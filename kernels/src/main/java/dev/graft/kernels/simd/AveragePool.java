package dev.graft.kernels.simd;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * Average pooling and its gradient: a depthwise convolution with ones, and a division by the number
 * of elements that count, which is a number of rows times a number of columns.
 */
final class AveragePool {

  private AveragePool() {}

  private static boolean isGlobal(PoolGeometry g) {
    return g.outPlane() == 1
        && g.kernelHeight() == g.inHeight()
        && g.kernelWidth() == g.inWidth()
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.padTop() == 0
        && g.padLeft() == 0;
  }

  static void forward(
      Workers workers, ScratchArrays memory, PoolGeometry g, HostBuffer x, HostBuffer y) {
    if (isGlobal(g)) {
      ChannelSums.sums(workers, memory, 1, g.planes(), g.inPlane(), g.inPlane(), x, y);
      return;
    }
    PaddedPlane layout = PaddedPlane.of(g);
    PlaneRows rows = new PlaneRows(layout);
    int[] heights = heights(g);
    float[] widths = widths(g);
    Spans.forRows(
        workers,
        g.planes(),
        g.inPlane() + (long) g.outPlane() * (2 + layout.taps.length / 4),
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), 0f);
          float[] spill = memory.take(rows.spill());
          float[] ones = ones(memory, layout.taps.length);
          TapKernel kernel = new TapKernel(layout).over(padded, ones).with(0, 0f);
          for (int plane = first; plane < first + count; plane++) {
            layout.load(x.array(), x.offset() + plane * g.inPlane(), 0f, padded);
            int to = y.offset() + plane * g.outPlane();
            rows.run(spill, y.array(), to, kernel);
            for (int oh = 0; oh < g.outHeight(); oh++) {
              int at = to + oh * g.outWidth();
              share(g.outWidth(), y.array(), at, widths, heights[oh], y.array(), at);
            }
          }
          memory.give(ones);
          memory.give(spill);
          memory.give(padded);
        });
  }

  static void gradient(
      Workers workers, ScratchArrays memory, PoolGeometry g, HostBuffer dy, HostBuffer dx) {
    if (isGlobal(g)) {
      globalGradient(workers, g, dy, dx);
      return;
    }
    PaddedPlane layout = PaddedPlane.ofGradient(g);
    PlaneRows rows = new PlaneRows(layout);
    int[] heights = heights(g);
    float[] widths = widths(g);
    Spans.forRows(
        workers,
        g.planes(),
        g.outPlane() + (long) g.inPlane() * (2 + layout.taps.length / 4),
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), 0f);
          float[] spill = memory.take(rows.spill());
          float[] shares = memory.take(g.outPlane());
          float[] ones = ones(memory, layout.taps.length);
          TapKernel kernel = new TapKernel(layout).over(padded, ones).with(0, 0f);
          for (int plane = first; plane < first + count; plane++) {
            for (int oh = 0; oh < g.outHeight(); oh++) {
              int at = oh * g.outWidth();
              int from = dy.offset() + plane * g.outPlane() + at;
              share(g.outWidth(), dy.array(), from, widths, heights[oh], shares, at);
            }
            layout.spread(
                g.outHeight(), g.outWidth(), g.strideHeight(), g.strideWidth(), shares, 0, padded);
            rows.run(spill, dx.array(), dx.offset() + plane * g.inPlane(), kernel);
          }
          memory.give(ones);
          memory.give(shares);
          memory.give(spill);
          memory.give(padded);
        });
  }

  private static void globalGradient(
      Workers workers, PoolGeometry g, HostBuffer dy, HostBuffer dx) {
    int n = g.inPlane();
    Spans.forRows(
        workers,
        g.planes(),
        n,
        (first, count) -> {
          for (int plane = first; plane < first + count; plane++) {
            int to = dx.offset() + plane * n;
            Arrays.fill(dx.array(), to, to + n, dy.array()[dy.offset() + plane] / n);
          }
        });
  }

  private static float[] ones(ScratchArrays memory, int n) {
    float[] ones = memory.take(n);
    Arrays.fill(ones, 0, n, 1f);
    return ones;
  }

  /** {@code y = x / (widths height)}. */
  private static void share(
      int n, float[] x, int xo, float[] widths, int height, float[] y, int yo) {
    Arithmetic.divide(n, x, xo, widths, (height - 1) * n, y, yo);
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
