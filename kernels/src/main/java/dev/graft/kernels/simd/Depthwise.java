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
    Spans.forRows(
        workers,
        g.batch() * g.inChannels(),
        work(g),
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), 0f);
          float[] spill = memory.take(rows.spill());
          float[] sums = residual == null ? y.array() : memory.take(outPlane);
          TapKernel kernel = new TapKernel(layout, padded, w.array());
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
          if (residual != null) {
            memory.give(sums);
          }
          memory.give(spill);
          memory.give(padded);
        });
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
    PaddedPlane layout = PaddedPlane.ofGradient(g);
    PlaneRows rows = new PlaneRows(layout);
    int taps = layout.taps.length;
    int each = g.outChannels() / g.inChannels();
    Spans.forRows(
        workers,
        g.batch() * g.inChannels(),
        work(g),
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), 0f);
          float[] spill = memory.take(rows.spill());
          float[] turned = memory.take(taps);
          float[] part = memory.take(g.inPlane());
          TapKernel kernel = new TapKernel(layout, padded, turned).with(0, 0f);
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
          memory.give(part);
          memory.give(turned);
          memory.give(spill);
          memory.give(padded);
        });
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
    Spans.forRows(
        workers,
        g.inChannels(),
        g.batch() * work(g),
        (first, count) -> {
          float[] padded = memory.take(layout.length());
          Arrays.fill(padded, 0, layout.length(), 0f);
          TapDots dots = new TapDots(layout, padded, memory, each);
          for (int channel = first; channel < first + count; channel++) {
            for (int image = 0; image < g.batch(); image++) {
              int plane = image * g.inChannels() + channel;
              layout.load(x.array(), x.offset() + plane * g.inPlane(), 0f, padded);
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
          dots.close();
          memory.give(padded);
        });
  }
}
