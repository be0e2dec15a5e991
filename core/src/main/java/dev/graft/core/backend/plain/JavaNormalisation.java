package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/** What normalisations over channels need, over {@code [batch, channels, plane]}. */
final class JavaNormalisation {

  private JavaNormalisation() {}

  static void affine(
      Workers workers,
      Scratch.Pool pool,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scale,
      HostBuffer shift,
      HostBuffer y) {
    Strided box = new Strided(new int[] {batch, channels, plane}, new int[] {0, 1, 0});
    JavaElementwise.tiles(
        workers,
        pool,
        box.count(),
        (from, width, rows) -> {
          JavaElementwise.load(x, from, width, rows[0]);
          box.gather(0, scale.array(), scale.offset(), from, width, rows[1]);
          box.gather(0, shift.array(), shift.offset(), from, width, rows[2]);
          Rows.addProduct(rows[2], rows[0], rows[1], width);
          JavaElementwise.store(rows[2], y, from, width);
        });
  }

  static void combine(
      Workers workers,
      Scratch.Pool pool,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scaleX,
      HostBuffer z,
      HostBuffer scaleZ,
      HostBuffer shift,
      HostBuffer y) {
    Strided box = new Strided(new int[] {batch, channels, plane}, new int[] {0, 1, 0});
    JavaElementwise.tiles(
        workers,
        pool,
        box.count(),
        (from, width, rows) -> {
          float[] sum = rows[2];
          box.gather(0, shift.array(), shift.offset(), from, width, sum);
          JavaElementwise.load(z, from, width, rows[0]);
          box.gather(0, scaleZ.array(), scaleZ.offset(), from, width, rows[1]);
          Rows.addProduct(sum, rows[0], rows[1], width);
          JavaElementwise.load(x, from, width, rows[0]);
          box.gather(0, scaleX.array(), scaleX.offset(), from, width, rows[1]);
          Rows.addProduct(sum, rows[0], rows[1], width);
          JavaElementwise.store(sum, y, from, width);
        });
  }

  /** The sums of one channel, from a tile of its pixels. */
  @FunctionalInterface
  private interface Channel {
    void run(int channel, Scratch scratch);
  }

  private static void channels(
      Workers workers, Scratch.Pool pool, int channels, long pixels, Channel body) {
    int perChunk = (int) Math.max(1, JavaElementwise.CHUNK / Math.max(1, pixels));
    workers.forEach(
        RowProducts.ceil(channels, perChunk),
        chunk -> {
          Scratch scratch = pool.take();
          int last = Math.min(channels, (chunk + 1) * perChunk);
          for (int channel = chunk * perChunk; channel < last; channel++) {
            body.run(channel, scratch);
          }
          pool.give(scratch);
        });
  }

  static void moments(
      Workers workers,
      Scratch.Pool pool,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer variance) {
    int pixels = batch * plane;
    int lanes = Math.min(Scratch.TILE, pixels);
    channels(
        workers,
        pool,
        channels,
        pixels,
        (channel, scratch) -> {
          float[] row = scratch.tiles[0];
          float[] sums = scratch.tiles[1];
          Arrays.fill(sums, 0, lanes, 0f);
          for (int pixel = 0; pixel < pixels; pixel += lanes) {
            int width = Math.min(lanes, pixels - pixel);
            Strided.readChannel(x, channels, channel, plane, pixel, width, row);
            Lanes.add(sums, row, width);
          }
          float centre = Lanes.sum(sums, lanes) / pixels;
          Arrays.fill(sums, 0, lanes, 0f);
          for (int pixel = 0; pixel < pixels; pixel += lanes) {
            int width = Math.min(lanes, pixels - pixel);
            Strided.readChannel(x, channels, channel, plane, pixel, width, row);
            addSquares(sums, row, centre, width);
          }
          mean.array()[mean.offset() + channel] = centre;
          variance.array()[variance.offset() + channel] = Lanes.sum(sums, lanes) / pixels;
        });
  }

  private static void addSquares(float[] sums, float[] x, float centre, int n) {
    for (int j = 0; j < n; j++) {
      float d = x[j] - centre;
      sums[j] = Math.fma(d, d, sums[j]);
    }
  }

  static void gradientSums(
      Workers workers,
      Scratch.Pool pool,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer dy,
      HostBuffer sum,
      HostBuffer dot) {
    int pixels = batch * plane;
    int lanes = Math.min(Scratch.TILE, pixels);
    channels(
        workers,
        pool,
        channels,
        pixels,
        (channel, scratch) -> {
          float[] row = scratch.tiles[0];
          float[] upstream = scratch.tiles[1];
          float[] sums = scratch.tiles[2];
          float[] dots = scratch.tiles[3];
          float centre = mean.array()[mean.offset() + channel];
          Arrays.fill(sums, 0, lanes, 0f);
          Arrays.fill(dots, 0, lanes, 0f);
          for (int pixel = 0; pixel < pixels; pixel += lanes) {
            int width = Math.min(lanes, pixels - pixel);
            Strided.readChannel(x, channels, channel, plane, pixel, width, row);
            Strided.readChannel(dy, channels, channel, plane, pixel, width, upstream);
            Lanes.add(sums, upstream, width);
            addCentredProducts(dots, row, upstream, centre, width);
          }
          sum.array()[sum.offset() + channel] = Lanes.sum(sums, lanes);
          dot.array()[dot.offset() + channel] = Lanes.sum(dots, lanes);
        });
  }

  private static void addCentredProducts(float[] dots, float[] x, float[] dy, float centre, int n) {
    for (int j = 0; j < n; j++) {
      dots[j] = Math.fma(x[j] - centre, dy[j], dots[j]);
    }
  }
}
