package dev.graft.core.backend.plain;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * {@code im2col} and its transpose, for whoever composes a convolution of them; {@link
 * JavaConvolution} does without.
 */
final class JavaColumns {

  private JavaColumns() {}

  static void unfold(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      int image,
      int group,
      HostBuffer x,
      HostBuffer columns) {
    TapRows rows = JavaConvolution.forwardPlan(g, x, x, null, columns).group(group);
    int plane = g.outPlane();
    workers.forEach(
        g.inChannels() / g.groups(),
        channel -> {
          Scratch scratch = pool.take();
          int taps = g.kernelHeight() * g.kernelWidth();
          for (int row = channel * taps; row < (channel + 1) * taps; row++) {
            for (int pixel = 0; pixel < plane; pixel += Scratch.TILE) {
              int width = Math.min(Scratch.TILE, plane - pixel);
              rows.pack(row, 1, image * plane + pixel, width, scratch.panel);
              int to = columns.offset() + row * plane + pixel;
              System.arraycopy(scratch.panel[0], 0, columns.array(), to, width);
            }
          }
          pool.give(scratch);
        });
  }

  static void fold(
      Workers workers, ConvGeometry g, int image, int group, HostBuffer columns, HostBuffer dx) {
    int channels = g.inChannels() / g.groups();
    workers.forEach(
        channels,
        channel -> {
          int plane = (image * g.inChannels() + group * channels + channel) * g.inPlane();
          int to = dx.offset() + plane;
          Arrays.fill(dx.array(), to, to + g.inPlane(), 0f);
          int taps = g.kernelHeight() * g.kernelWidth();
          for (int tap = 0; tap < taps; tap++) {
            int from = columns.offset() + (channel * taps + tap) * g.outPlane();
            foldTap(g, tap, columns.array(), from, dx.array(), to);
          }
        });
  }

  private static void foldTap(
      ConvGeometry g, int tap, float[] columns, int from, float[] dx, int to) {
    int top = tap / g.kernelWidth() * g.dilationHeight() - g.padTop();
    int left = tap % g.kernelWidth() * g.dilationWidth() - g.padLeft();
    for (int oh = 0; oh < g.outHeight(); oh++) {
      int h = oh * g.strideHeight() + top;
      if (h < 0 || h >= g.inHeight()) {
        continue;
      }
      for (int ow = 0; ow < g.outWidth(); ow++) {
        int w = ow * g.strideWidth() + left;
        if (w >= 0 && w < g.inWidth()) {
          dx[to + h * g.inWidth() + w] += columns[from + oh * g.outWidth() + ow];
        }
      }
    }
  }
}
