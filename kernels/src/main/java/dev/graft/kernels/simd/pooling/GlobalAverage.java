package dev.graft.kernels.simd.pooling;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.reduction.ChannelSums;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/** Average pooling with one window, as large as the plane: a sum over each plane. */
public final class GlobalAverage {

  private GlobalAverage() {}

  public static boolean suits(PoolGeometry g) {
    return g.outPlane() == 1
        && g.kernelHeight() == g.inHeight()
        && g.kernelWidth() == g.inWidth()
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.padTop() == 0
        && g.padLeft() == 0;
  }

  public static void forward(
      Workers workers, ScratchArrays scratch, PoolGeometry g, HostBuffer x, HostBuffer y) {
    ChannelSums.sums(workers, scratch, 1, g.planes(), g.inPlane(), g.inPlane(), x, y);
  }

  public static void gradient(Workers workers, PoolGeometry g, HostBuffer dy, HostBuffer dx) {
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
}
