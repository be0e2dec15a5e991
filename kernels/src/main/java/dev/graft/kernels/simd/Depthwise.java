package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions with one input channel a group, directly: a matrix product would have one row.
 * Channels are independent; each is copied into its padding in working memory, where all taps are
 * plain vector loads, and stays in the level-1 cache from there to its output.
 */
final class Depthwise {

  private Depthwise() {}

  /**
   * {@code y = activation(conv(x, w) + bias + residual)}.
   *
   * @param bias a value an output channel; null for none
   * @param residual of y's shape, may be y; null for none
   * @param activation null for none
   */
  static void forward(
      Workers workers,
      ScratchArrays memory,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer w,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      @Nullable UnaryOp activation,
      float alpha,
      float beta,
      HostBuffer y) {
    PaddedPlane layout = PaddedPlane.of(g);
    PlaneRows rows = new PlaneRows(layout);
    int taps = layout.taps.length;
    int outPlane = g.outPlane();
    int each = g.outChannels() / g.inChannels();
    InTurn<Channel> channels =
        new InTurn<>(
            () ->
                Channel.of(
                    memory,
                    layout,
                    rows,
                    w.array(),
                    residual == null ? y.array() : memory.take(outPlane)));
    Spans.forRows(
        workers,
        g.batch() * g.inChannels(),
        work(g),
        (first, count) -> {
          Channel own = channels.take();
          float[] padded = own.padded;
          float[] spill = own.spill;
          float[] sums = own.sums;
          TapKernel kernel = own.kernel;
          for (int plane = first; plane < first + count; plane++) {
            layout.load(x.array(), x.offset() + plane * g.inPlane(), 0f, padded);
            int channel = plane % g.inChannels() * each;
            for (int output = channel; output < channel + each; output++) {
              int number = plane / g.inChannels() * g.outChannels() + output;
              int to = y.offset() + number * outPlane;
              float start = bias == null ? 0f : bias.array()[bias.offset() + output];
              kernel.with(w.offset() + output * taps, start);
              if (residual == null) {
                rows.run(spill, y.array(), to, kernel);
              } else {
                // The residual may be y, where vectors write what they must not keep.
                rows.run(spill, sums, 0, kernel);
                int from = residual.offset() + number * outPlane;
                Arithmetic.add(outPlane, sums, 0, residual.array(), from, y.array(), to);
              }
              if (activation != null) {
                Unary.run(activation, alpha, beta, outPlane, y.array(), to, y.array(), to);
              }
            }
          }
          channels.give(own);
        });
    channels.close(
        own -> {
          if (residual != null) {
            memory.give(own.sums);
          }
          own.close(memory);
        });
  }

  /**
   * What one thread works with.
   *
   * @param padded a channel within its padding, which stays zero
   * @param sums a plane of results that cannot be written at once
   */
  private record Channel(float[] padded, float[] spill, float[] sums, TapKernel kernel) {

    static Channel of(
        ScratchArrays memory, PaddedPlane layout, PlaneRows rows, float[] weights, float[] sums) {
      float[] padded = memory.take(layout.length());
      Arrays.fill(padded, 0, layout.length(), 0f);
      TapKernel kernel = new TapKernel(layout, padded, weights);
      return new Channel(padded, memory.take(rows.spill()), sums, kernel);
    }

    void close(ScratchArrays memory) {
      memory.give(spill);
      memory.give(padded);
    }
  }

  /** Elements touched for one input channel, a vector's share of the products included. */
  private static long work(ConvGeometry g) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int each = g.outChannels() / g.inChannels();
    return g.inPlane() + (long) each * g.outPlane() * (1 + taps / 4);
  }

  /** Gradient of {@link #forward} without its epilogue to x. */
  static void inputGradient(
      Workers workers,
      ScratchArrays memory,
      ConvGeometry g,
      HostBuffer dy,
      HostBuffer w,
      HostBuffer dx) {
    if (StridedGradient.suits(g)) {
      StridedGradient.run(workers, memory, g, dy, w, dx);
      return;
    }
    PaddedPlane layout = PaddedPlane.ofGradient(g);
    PlaneRows rows = new PlaneRows(layout);
    int taps = layout.taps.length;
    int each = g.outChannels() / g.inChannels();
    InTurn<GradientChannel> channels =
        new InTurn<>(() -> GradientChannel.of(memory, layout, rows, taps, g.inPlane()));
    Spans.forRows(
        workers,
        g.batch() * g.inChannels(),
        work(g),
        (first, count) -> {
          GradientChannel own = channels.take();
          float[] padded = own.channel.padded;
          float[] spill = own.channel.spill;
          float[] turned = own.turned;
          float[] part = own.channel.sums;
          TapKernel kernel = own.channel.kernel.with(0, 0f);
          for (int plane = first; plane < first + count; plane++) {
            int to = dx.offset() + plane * g.inPlane();
            int channel = plane % g.inChannels() * each;
            for (int output = channel; output < channel + each; output++) {
              int number = plane / g.inChannels() * g.outChannels() + output;
              layout.spread(
                  g.outHeight(),
                  g.outWidth(),
                  g.strideHeight(),
                  g.strideWidth(),
                  dy.array(),
                  dy.offset() + number * g.outPlane(),
                  padded);
              for (int k = 0; k < taps; k++) {
                turned[k] = w.array()[w.offset() + output * taps + taps - 1 - k];
              }
              if (output == channel) {
                rows.run(spill, dx.array(), to, kernel);
              } else {
                rows.run(spill, part, 0, kernel);
                Arithmetic.add(g.inPlane(), part, 0, dx.array(), to, dx.array(), to);
              }
            }
          }
          channels.give(own);
        });
    channels.close(own -> own.close(memory));
  }

  /**
   * What one thread works with.
   *
   * @param turned the weights of an output channel, from the last to the first
   */
  private record GradientChannel(Channel channel, float[] turned) {

    static GradientChannel of(
        ScratchArrays memory, PaddedPlane layout, PlaneRows rows, int taps, int inPlane) {
      float[] turned = memory.take(taps);
      float[] part = memory.take(inPlane);
      return new GradientChannel(Channel.of(memory, layout, rows, turned, part), turned);
    }

    void close(ScratchArrays memory) {
      memory.give(channel.sums);
      memory.give(turned);
      channel.close(memory);
    }
  }

  /** Gradient of {@link #forward} without its epilogue to w. */
  static void weightGradient(
      Workers workers,
      ScratchArrays memory,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    PaddedPlane layout = PaddedPlane.of(g);
    int each = g.outChannels() / g.inChannels();
    InTurn<TapDots> channels = new InTurn<>(() -> new TapDots(layout, memory, each));
    Spans.forRows(
        workers,
        g.inChannels(),
        g.batch() * work(g),
        (first, count) -> {
          TapDots dots = channels.take();
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
              int at = dw.offset() + (channel * each + m) * layout.taps.length;
              dots.finish(m, dw.array(), at);
            }
          }
          channels.give(dots);
        });
    channels.close(TapDots::close);
  }
}
