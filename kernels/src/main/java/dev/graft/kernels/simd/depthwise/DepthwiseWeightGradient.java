package dev.graft.kernels.simd.depthwise;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.WeightGradient;
import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;

/** The gradient of a depthwise convolution to the weights: {@link TapDots} over all images. */
public final class DepthwiseWeightGradient implements WeightGradient {

  private final Workers workers;
  private final ConvGeometry g;

  /** Output channels of an input channel. */
  private final int each;

  private final int taps;
  private final InTurn<TapDots> channels;
  private final Workers.Span part = this::part;

  // What is computed just now.
  private HostBuffer x = ScratchArrays.NO_BUFFER;
  private HostBuffer dy = ScratchArrays.NO_BUFFER;
  private HostBuffer dw = ScratchArrays.NO_BUFFER;

  public DepthwiseWeightGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.g = g;
    each = g.outChannels() / g.inChannels();
    PaddedPlane layout = PaddedPlane.of(g);
    taps = layout.taps.length;
    channels = new InTurn<>(() -> new TapDots(layout, scratch, each));
  }

  @Override
  public void run(HostBuffer x, HostBuffer dy, HostBuffer dw) {
    this.x = x;
    this.dy = dy;
    this.dw = dw;
    Spans.forRows(workers, g.inChannels(), g.batch() * DepthwiseConvolution.work(g), part);
    channels.forEach(TapDots::close);
    this.x = ScratchArrays.NO_BUFFER;
    this.dy = ScratchArrays.NO_BUFFER;
    this.dw = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    TapDots dots = channels.take();
    dots.open();
    for (int channel = first; channel < first + count; channel++) {
      for (int image = 0; image < g.batch(); image++) {
        int plane = image * g.inChannels() + channel;
        dots.load(x.array(), x.offset() + plane * g.inPlane());
        for (int m = 0; m < each; m++) {
          int number = image * g.outChannels() + channel * each + m;
          dots.add(m, dy.array(), dy.offset() + number * g.outPlane());
        }
      }
      for (int m = 0; m < each; m++) {
        dots.finish(m, dw.array(), dw.offset() + (channel * each + m) * taps);
      }
    }
    channels.give(dots);
  }
}
