package dev.graft.core.backend;

import java.util.Arrays;

/**
 * The gradient of a depthwise convolution to its weight: for every channel and tap the dot product
 * of dy with x as that tap sees it. The products are added up in as many lanes as a tile has
 * columns (pixel j goes to lane j mod tile), and the lanes by halving: a tree that depends on the
 * sizes alone.
 */
final class JavaDepthwise {

  private JavaDepthwise() {}

  static void gradientWeight(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    TapRows.Plan plan = JavaConvolution.forwardPlan(g, x, dw, null, dy);
    long perChannel = (long) g.batch() * g.outPlane() * g.patch();
    int channels = (int) Math.max(1, (1 << 15) / perChannel);
    workers.forEach(
        RowProducts.ceil(g.outChannels(), channels),
        chunk -> {
          Scratch scratch = pool.take();
          int last = Math.min(g.outChannels(), (chunk + 1) * channels);
          for (int channel = chunk * channels; channel < last; channel++) {
            channel(plan, g, channel, dy, dw, scratch);
          }
          pool.give(scratch);
        });
  }

  private static void channel(
      TapRows.Plan plan,
      ConvGeometry g,
      int channel,
      HostBuffer dy,
      HostBuffer dw,
      Scratch scratch) {
    TapRows rows = plan.group(channel / (g.outChannels() / g.groups()));
    int pixels = g.batch() * g.outPlane();
    int lanes = Math.min(Scratch.TILE, pixels);
    float[] upstream = scratch.tiles[0];
    for (int first = 0; first < g.patch(); first += Scratch.DEPTH) {
      int count = Math.min(Scratch.DEPTH, g.patch() - first);
      for (int tap = 0; tap < count; tap++) {
        Arrays.fill(scratch.sums[tap], 0, lanes, 0f);
      }
      for (int pixel = 0; pixel < pixels; pixel += lanes) {
        int width = Math.min(lanes, pixels - pixel);
        copyChannel(dy, g.outChannels(), channel, g.outPlane(), pixel, width, upstream);
        rows.pack(first, count, pixel, width, scratch.panel);
        for (int tap = 0; tap < count; tap++) {
          Rows.addProduct(scratch.sums[tap], upstream, scratch.panel[tap], width);
        }
      }
      for (int tap = 0; tap < count; tap++) {
        int at = dw.offset() + channel * g.patch() + first + tap;
        dw.array()[at] = Lanes.sum(scratch.sums[tap], lanes);
      }
    }
  }

  /** The pixels {@code from … from + width - 1} of one channel, counted through the batch. */
  static void copyChannel(
      HostBuffer x, int channels, int channel, int plane, int from, int width, float[] row) {
    int image = from / plane;
    int first = from % plane;
    for (int done = 0; done < width; ) {
      int length = Math.min(width - done, plane - first);
      int source = x.offset() + (image * channels + channel) * plane + first;
      System.arraycopy(x.array(), source, row, done, length);
      done += length;
      first = 0;
      image++;
    }
  }
}
