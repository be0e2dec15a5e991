package dev.graft.kernels.simd.depthwise;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.InputGradient;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.image.DepthwiseChannel;
import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.image.PlaneRows;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;

/**
 * The gradient of a depthwise convolution to its input: dy, with zeros between its elements where
 * there is a stride, convolved with the kernel turned around.
 */
public final class DepthwiseInputGradient implements InputGradient {

  private final Workers workers;
  private final ConvGeometry g;
  private final PaddedPlane layout;

  /** Output channels of an input channel. */
  private final int each;

  private final InTurn<TurnedChannel> channels;
  private final Workers.Span part = this::part;

  // What is computed just now.
  private HostBuffer dy = ScratchArrays.NO_BUFFER;
  private HostBuffer w = ScratchArrays.NO_BUFFER;
  private HostBuffer dx = ScratchArrays.NO_BUFFER;

  public DepthwiseInputGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.g = g;
    layout = PaddedPlane.ofGradient(g);
    each = g.outChannels() / g.inChannels();
    PlaneRows rows = new PlaneRows(layout);
    channels =
        new InTurn<>(
            () ->
                new TurnedChannel(
                    new DepthwiseChannel(scratch, layout, rows), new float[layout.taps.length]));
  }

  /**
   * What one thread works with.
   *
   * @param turned the weights of an output channel, from the last to the first
   */
  private record TurnedChannel(DepthwiseChannel channel, float[] turned) {

    void turn(float[] w, int wo) {
      for (int k = 0; k < turned.length; k++) {
        turned[k] = w[wo + turned.length - 1 - k];
      }
    }

    void close() {
      channel.close();
    }
  }

  @Override
  public void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
    this.dy = dy;
    this.w = w;
    this.dx = dx;
    Spans.forRows(workers, g.batch() * g.inChannels(), DepthwiseConvolution.work(g), part);
    channels.forEach(TurnedChannel::close);
    this.dy = ScratchArrays.NO_BUFFER;
    this.w = ScratchArrays.NO_BUFFER;
    this.dx = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    TurnedChannel own = channels.take();
    DepthwiseChannel channel = own.channel;
    channel.open(own.turned);
    for (int plane = first; plane < first + count; plane++) {
      int to = dx.offset() + plane * g.inPlane();
      int output = plane % g.inChannels() * each;
      for (int m = 0; m < each; m++) {
        int number = plane / g.inChannels() * g.outChannels() + output + m;
        layout.spread(
            g.outHeight(),
            g.outWidth(),
            g.strideHeight(),
            g.strideWidth(),
            dy.array(),
            dy.offset() + number * g.outPlane(),
            channel.padded());
        own.turn(w.array(), w.offset() + (output + m) * layout.taps.length);
        if (m == 0) {
          channel.run(0, 0f, dx.array(), to);
        } else {
          channel.run(0, 0f, channel.sums(), 0);
          Arithmetic.add(g.inPlane(), channel.sums(), 0, dx.array(), to, dx.array(), to);
        }
      }
    }
    channels.give(own);
  }
}
