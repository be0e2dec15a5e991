package dev.graft.kernels.simd;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Max pooling and its gradient, a plane at a time; planes are independent of each other. */
final class MaxPool {

  private MaxPool() {}

  static void forward(
      Workers workers,
      ScratchArrays memory,
      PoolGeometry g,
      HostBuffer x,
      @Nullable HostBuffer winners,
      HostBuffer y) {
    PaddedPlane layout = PaddedPlane.of(g);
    PlaneRows rows = new PlaneRows(layout);
    Spans.forRows(
        workers,
        g.planes(),
        g.inPlane() + (long) g.outPlane() * layout.taps.length,
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), Float.NEGATIVE_INFINITY);
          float[] spill = memory.take(2 * rows.spill());
          for (int plane = first; plane < first + count; plane++) {
            int to = y.offset() + plane * g.outPlane();
            layout.load(
                x.array(), x.offset() + plane * g.inPlane(), Float.NEGATIVE_INFINITY, padded);
            if (winners == null) {
              rows.run(
                  spill,
                  y.array(),
                  to,
                  (n, width, at, target, from, step) ->
                      WindowMaxima.best(
                          n, width, padded, at, layout.step, layout.taps, target, from, step));
            } else {
              int place = winners.offset() + plane * g.outPlane();
              withWinners(layout, rows, padded, spill, y.array(), to, winners.array(), place);
              nameMissing(g, winners.array(), place);
            }
          }
          memory.give(spill);
          memory.give(padded);
        });
  }

  private static void withWinners(
      PaddedPlane layout,
      PlaneRows rows,
      float[] padded,
      float[] spill,
      float[] y,
      int to,
      float[] winners,
      int place) {
    int safe = rows.safe();
    WindowMaxima.rowsWithWinners(
        safe,
        layout.outWidth,
        padded,
        0,
        layout.step,
        layout.taps,
        y,
        to,
        winners,
        place,
        layout.outWidth);
    int left = layout.outHeight - safe;
    WindowMaxima.rowsWithWinners(
        left,
        layout.outWidth,
        padded,
        safe * layout.step,
        layout.step,
        layout.taps,
        spill,
        0,
        spill,
        rows.spill(),
        rows.width());
    for (int row = 0; row < left; row++) {
      int at = (safe + row) * layout.outWidth;
      int from = row * rows.width();
      System.arraycopy(spill, from, y, to + at, layout.outWidth);
      System.arraycopy(spill, rows.spill() + from, winners, place + at, layout.outWidth);
    }
  }

  /**
   * Where a window holds nothing above negative infinity, its first element within the plane is the
   * winner; to the vectors it looked like the padding.
   */
  private static void nameMissing(PoolGeometry g, float[] winners, int place) {
    if (!WindowMaxima.anyNegative(g.outPlane(), winners, place)) {
      return;
    }
    for (int output = 0; output < g.outPlane(); output++) {
      if (winners[place + output] < 0) {
        winners[place + output] = firstInside(g, output / g.outWidth(), output % g.outWidth());
      }
    }
  }

  private static int firstInside(PoolGeometry g, int oh, int ow) {
    for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
      int h = oh * g.strideHeight() - g.padTop() + k / g.kernelWidth() * g.dilationHeight();
      int w = ow * g.strideWidth() - g.padLeft() + k % g.kernelWidth() * g.dilationWidth();
      if (h >= 0 && h < g.inHeight() && w >= 0 && w < g.inWidth()) {
        return k;
      }
    }
    return -1;
  }

  /** {@code dx}: each output's gradient added at its winner. */
  static void gradient(
      Workers workers, PoolGeometry g, HostBuffer winners, HostBuffer dy, HostBuffer dx) {
    int[] steps = new int[g.kernelHeight() * g.kernelWidth()];
    for (int k = 0; k < steps.length; k++) {
      int h = k / g.kernelWidth() * g.dilationHeight() - g.padTop();
      steps[k] = h * g.inWidth() + k % g.kernelWidth() * g.dilationWidth() - g.padLeft();
    }
    Spans.forRows(
        workers,
        g.planes(),
        g.inPlane() + 4L * g.outPlane(),
        (first, count) -> {
          int from = dx.offset() + first * g.inPlane();
          Arrays.fill(dx.array(), from, from + count * g.inPlane(), 0f);
          for (int plane = first; plane < first + count; plane++) {
            int at = plane * g.outPlane();
            for (int oh = 0; oh < g.outHeight(); oh++, at += g.outWidth()) {
              addRow(
                  g.outWidth(),
                  g.strideWidth(),
                  steps,
                  winners.array(),
                  winners.offset() + at,
                  dy.array(),
                  dy.offset() + at,
                  dx.array(),
                  dx.offset() + plane * g.inPlane() + oh * g.strideHeight() * g.inWidth());
            }
          }
        });
  }

  private static void addRow(
      int n,
      int stride,
      int[] steps,
      float[] winners,
      int wo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo) {
    for (int ow = 0; ow < n; ow++) {
      int winner = (int) winners[wo + ow];
      if (winner >= 0) {
        dx[dxo + ow * stride + steps[winner]] += dy[dyo + ow];
      }
    }
  }
}
