package dev.graft.kernels.simd.pooling;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.DepthwiseChannel;
import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.image.PlaneRows;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;

/**
 * The gradient of average pooling of one geometry: each output's share spread over its window, as a
 * depthwise convolution with ones spreads it. One object serves many calls, one after the other.
 */
public final class AveragePoolGradient {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final PoolGeometry g;
  private final PaddedPlane layout;
  private final WindowCounts counts;
  private final float[] ones;
  private final InTurn<DepthwiseChannel> channels;
  private final Workers.Span part = this::part;

  // What is computed just now.
  private HostBuffer dy = ScratchArrays.NO_BUFFER;
  private HostBuffer dx = ScratchArrays.NO_BUFFER;

  public AveragePoolGradient(Workers workers, ScratchArrays scratch, PoolGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    layout = PaddedPlane.ofGradient(g);
    counts = new WindowCounts(g);
    ones = AveragePool.ones(layout.taps.length);
    PlaneRows rows = new PlaneRows(layout);
    channels = new InTurn<>(() -> new DepthwiseChannel(scratch, layout, rows));
  }

  /** {@code dx}. */
  public void run(HostBuffer dy, HostBuffer dx) {
    this.dy = dy;
    this.dx = dx;
    long work = g.outPlane() + (long) g.inPlane() * (2 + layout.taps.length / 4);
    Spans.forRows(workers, g.planes(), work, part);
    channels.forEach(DepthwiseChannel::close);
    this.dy = ScratchArrays.NO_BUFFER;
    this.dx = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    DepthwiseChannel own = channels.take();
    own.open(ones);
    float[] shares = scratch.take(g.outPlane());
    for (int plane = first; plane < first + count; plane++) {
      counts.divide(dy.array(), dy.offset() + plane * g.outPlane(), shares, 0);
      layout.spread(
          g.outHeight(), g.outWidth(), g.strideHeight(), g.strideWidth(), shares, 0, own.padded());
      own.run(0, 0f, dx.array(), dx.offset() + plane * g.inPlane());
    }
    scratch.give(shares);
    channels.give(own);
  }
}
