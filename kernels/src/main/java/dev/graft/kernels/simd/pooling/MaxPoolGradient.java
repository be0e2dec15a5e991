package dev.graft.kernels.simd.pooling;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/**
 * The gradient of max pooling of one geometry: each output's gradient added at its winner. One
 * object serves many calls, one after the other.
 */
public final class MaxPoolGradient {

  private final Workers workers;
  private final PoolGeometry g;

  /** From the first element of a window within its plane to that of each tap. */
  private final int[] steps;

  private final Workers.Span part = this::part;

  // What is computed just now.
  private HostBuffer winners = ScratchArrays.NO_BUFFER;
  private HostBuffer dy = ScratchArrays.NO_BUFFER;
  private HostBuffer dx = ScratchArrays.NO_BUFFER;

  public MaxPoolGradient(Workers workers, PoolGeometry g) {
    this.workers = workers;
    this.g = g;
    steps = new int[g.kernelHeight() * g.kernelWidth()];
    for (int k = 0; k < steps.length; k++) {
      int h = k / g.kernelWidth() * g.dilationHeight() - g.padTop();
      steps[k] = h * g.inWidth() + k % g.kernelWidth() * g.dilationWidth() - g.padLeft();
    }
  }

  /** {@code dx}. */
  public void run(HostBuffer winners, HostBuffer dy, HostBuffer dx) {
    this.winners = winners;
    this.dy = dy;
    this.dx = dx;
    Spans.forRows(workers, g.planes(), g.inPlane() + 4L * g.outPlane(), part);
    this.winners = ScratchArrays.NO_BUFFER;
    this.dy = ScratchArrays.NO_BUFFER;
    this.dx = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
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
