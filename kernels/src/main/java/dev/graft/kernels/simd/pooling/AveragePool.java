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
import java.util.Arrays;

/**
 * Average pooling of one geometry: a depthwise convolution with ones, and a division by the number
 * of elements that count. One object serves many calls, one after the other.
 */
public final class AveragePool {

  private final Workers workers;
  private final PoolGeometry g;
  private final PaddedPlane layout;
  private final WindowCounts counts;
  private final float[] ones;
  private final InTurn<DepthwiseChannel> channels;
  private final Workers.Span part = this::part;

  // What is pooled just now.
  private HostBuffer x = ScratchArrays.NO_BUFFER;
  private HostBuffer y = ScratchArrays.NO_BUFFER;

  public AveragePool(Workers workers, ScratchArrays scratch, PoolGeometry g) {
    this.workers = workers;
    this.g = g;
    layout = PaddedPlane.of(g);
    counts = new WindowCounts(g);
    ones = ones(layout.taps.length);
    PlaneRows rows = new PlaneRows(layout);
    channels = new InTurn<>(() -> new DepthwiseChannel(scratch, layout, rows));
  }

  static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1f);
    return ones;
  }

  /** {@code y}. */
  public void run(HostBuffer x, HostBuffer y) {
    this.x = x;
    this.y = y;
    long work = g.inPlane() + (long) g.outPlane() * (2 + layout.taps.length / 4);
    Spans.forRows(workers, g.planes(), work, part);
    channels.forEach(DepthwiseChannel::close);
    this.x = ScratchArrays.NO_BUFFER;
    this.y = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    DepthwiseChannel own = channels.take();
    own.open(ones);
    for (int plane = first; plane < first + count; plane++) {
      layout.load(x.array(), x.offset() + plane * g.inPlane(), 0f, own.padded());
      int to = y.offset() + plane * g.outPlane();
      own.run(0, 0f, y.array(), to);
      counts.divide(y.array(), to, y.array(), to);
    }
    channels.give(own);
  }
}
