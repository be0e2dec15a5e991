package dev.graft.kernels.simd.depthwise;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.ForwardConvolution;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.elementwise.Unary;
import dev.graft.kernels.simd.image.DepthwiseChannel;
import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.image.PlaneRows;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with one input channel a group, directly: a matrix product would have one row.
 * Channels are independent; each is copied into its padding in working memory, where all taps are
 * plain vector loads, and stays in the level-1 cache from there to its output.
 */
public final class DepthwiseConvolution implements ForwardConvolution {

  private final Workers workers;
  private final ConvGeometry g;
  private final PaddedPlane layout;

  /** Output channels of an input channel. */
  private final int each;

  private final InTurn<DepthwiseChannel> channels;
  private final Workers.Span part = this::part;

  // What is convolved just now.
  private HostBuffer x = ScratchArrays.NO_BUFFER;
  private HostBuffer w = ScratchArrays.NO_BUFFER;
  private @Nullable HostBuffer bias;
  private @Nullable HostBuffer residual;
  private Epilogue epilogue = Epilogue.NONE;
  private HostBuffer y = ScratchArrays.NO_BUFFER;

  public DepthwiseConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.g = g;
    layout = PaddedPlane.of(g);
    each = g.outChannels() / g.inChannels();
    PlaneRows rows = new PlaneRows(layout);
    channels = new InTurn<>(() -> new DepthwiseChannel(scratch, layout, rows));
  }

  /** Elements touched for one input channel, a vector's share of the products included. */
  static long work(ConvGeometry g) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int each = g.outChannels() / g.inChannels();
    return g.inPlane() + (long) each * g.outPlane() * (1 + taps / 4);
  }

  @Override
  public int packedLength() {
    return g.outChannels() * g.patch();
  }

  @Override
  public Class<?> packing() {
    return DepthwiseConvolution.class;
  }

  /** A copy: a channel's few weights lie together as they are. */
  @Override
  public void pack(HostBuffer w, float[] to) {
    System.arraycopy(w.array(), w.offset(), to, 0, packedLength());
  }

  @Override
  public void run(
      HostBuffer x,
      HostBuffer w,
      boolean isPacked,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y) {
    this.x = x;
    this.w = w;
    this.bias = bias;
    this.residual = residual;
    this.epilogue = epilogue;
    this.y = y;
    Spans.forRows(workers, g.batch() * g.inChannels(), work(g), part);
    channels.forEach(DepthwiseChannel::close);
    this.x = ScratchArrays.NO_BUFFER;
    this.w = ScratchArrays.NO_BUFFER;
    this.bias = null;
    this.residual = null;
    this.y = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    DepthwiseChannel own = channels.take();
    own.open(w.array());
    for (int plane = first; plane < first + count; plane++) {
      layout.load(x.array(), x.offset() + plane * g.inPlane(), 0f, own.padded());
      int channel = plane % g.inChannels() * each;
      for (int output = channel; output < channel + each; output++) {
        convolve(own, output, plane / g.inChannels() * g.outChannels() + output);
      }
    }
    channels.give(own);
  }

  /** The plane {@code number} of y, which is of output channel {@code output}. */
  private void convolve(DepthwiseChannel own, int output, int number) {
    int outPlane = g.outPlane();
    float[] y = this.y.array();
    int to = this.y.offset() + number * outPlane;
    float start = bias == null ? 0f : bias.array()[bias.offset() + output];
    int weights = w.offset() + output * layout.taps.length;
    if (residual == null) {
      own.run(weights, start, y, to);
    } else {
      // The residual may be y, where vectors write what they must not keep.
      float[] sums = own.sums();
      own.run(weights, start, sums, 0);
      int from = residual.offset() + number * outPlane;
      Arithmetic.add(outPlane, sums, 0, residual.array(), from, y, to);
    }
    if (epilogue.activation() != null && ResultWriter.fuses(epilogue.activation())) {
      Unary.run(
          epilogue.activation(),
          (float) epilogue.alpha(),
          (float) epilogue.beta(),
          outPlane,
          y,
          to,
          y,
          to);
    }
  }
}
