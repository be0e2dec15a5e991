package dev.graft.core.backend;

import java.util.function.IntConsumer;

/** Per-channel kernels of {@link JavaBackend}: what BatchNormalization is made of. */
final class JavaNormalisation {

  private JavaNormalisation() {}

  /** A body over planes {@code (image, channel)}; small planes share a chunk. */
  private static void planes(
      Workers workers, int batch, int channels, int plane, IntConsumer body) {
    int planes = batch * channels;
    int perChunk = Math.max(1, 16384 / Math.max(1, plane));
    workers.forEach(
        (planes + perChunk - 1) / perChunk,
        chunk -> {
          int end = Math.min(planes, (chunk + 1) * perChunk);
          for (int p = chunk * perChunk; p < end; p++) {
            body.accept(p);
          }
        });
  }

  static void affine(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scale,
      HostBuffer shift,
      HostBuffer y) {
    planes(
        workers,
        batch,
        channels,
        plane,
        p -> {
          int channel = p % channels;
          float a = scale.array()[scale.offset() + channel];
          float b = shift.array()[shift.offset() + channel];
          float[] from = x.array();
          float[] to = y.array();
          int xo = x.offset() + p * plane;
          int yo = y.offset() + p * plane;
          for (int i = 0; i < plane; i++) {
            to[yo + i] = Math.fma(from[xo + i], a, b);
          }
        });
  }

  static void combine(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scaleX,
      HostBuffer z,
      HostBuffer scaleZ,
      HostBuffer shift,
      HostBuffer y) {
    planes(
        workers,
        batch,
        channels,
        plane,
        p -> {
          int channel = p % channels;
          float a = scaleX.array()[scaleX.offset() + channel];
          float b = scaleZ.array()[scaleZ.offset() + channel];
          float c = shift.array()[shift.offset() + channel];
          float[] xs = x.array();
          float[] zs = z.array();
          float[] to = y.array();
          int xo = x.offset() + p * plane;
          int zo = z.offset() + p * plane;
          int yo = y.offset() + p * plane;
          for (int i = 0; i < plane; i++) {
            to[yo + i] = Math.fma(xs[xo + i], a, Math.fma(zs[zo + i], b, c));
          }
        });
  }

  static void moments(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer variance) {
    double count = (double) batch * plane;
    workers.forEach(
        channels,
        channel -> {
          double sum = 0;
          for (int image = 0; image < batch; image++) {
            int from = x.offset() + (image * channels + channel) * plane;
            sum += Lanes.sum(x.array(), from, plane);
          }
          float centre = (float) (sum / count);
          double squares = 0;
          for (int image = 0; image < batch; image++) {
            int from = x.offset() + (image * channels + channel) * plane;
            squares += Lanes.squares(x.array(), from, plane, centre);
          }
          mean.array()[mean.offset() + channel] = centre;
          variance.array()[variance.offset() + channel] = (float) (squares / count);
        });
  }

  static void gradientSums(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer dy,
      HostBuffer sum,
      HostBuffer dot) {
    workers.forEach(
        channels,
        channel -> {
          float centre = mean.array()[mean.offset() + channel];
          double sums = 0;
          double dots = 0;
          for (int image = 0; image < batch; image++) {
            int at = (image * channels + channel) * plane;
            sums += Lanes.sum(dy.array(), dy.offset() + at, plane);
            dots +=
                Lanes.centredDot(
                    x.array(), x.offset() + at, centre, dy.array(), dy.offset() + at, plane);
          }
          sum.array()[sum.offset() + channel] = (float) sums;
          dot.array()[dot.offset() + channel] = (float) dots;
        });
  }
}
