package dev.graft.kernels.simd.reduction;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;

/**
 * Sums over the elements of each channel of {@code [batch, channels, plane]}; channels are shared
 * out among the threads, so that each sum has one order.
 */
public final class ChannelSums {

  private static final LaneSums.Terms SUM = LaneSums::sum;
  private static final LaneSums.Terms SQUARES = LaneSums::squares;
  private static final LaneSums.Terms PRODUCTS = LaneSums::products;

  private ChannelSums() {}

  /** {@code y[c] = Σ x / divisor}. */
  public static void sums(
      Workers workers,
      ScratchArrays memory,
      int batch,
      int channels,
      int plane,
      double divisor,
      HostBuffer x,
      HostBuffer y) {
    int step = channels * plane;
    Spans.forRows(
        workers,
        channels,
        (long) batch * plane,
        (first, count) -> {
          float[] lanes = memory.take(LaneSums.LANES);
          double[] total = LaneSums.totals();
          float[] from = x.array();
          for (int channel = first; channel < first + count; channel++) {
            int at = x.offset() + channel * plane;
            if (batch == 1 && plane <= LaneSums.SHORT) {
              total[0] = LaneSums.shortTotal(plane, from, at, lanes);
            } else {
              LaneSums.total(SUM, 1, batch, plane, step, from, at, from, at, 0f, lanes, total);
            }
            y.array()[y.offset() + channel] = (float) (total[0] / divisor);
          }
          memory.give(lanes);
        });
  }

  /** Mean and biased variance of each channel. */
  public static void moments(
      Workers workers,
      ScratchArrays memory,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer variance) {
    int step = channels * plane;
    double pixels = (double) batch * plane;
    Spans.forRows(
        workers,
        channels,
        (long) batch * plane,
        (first, count) -> {
          float[] lanes = memory.take(LaneSums.LANES);
          double[] total = LaneSums.totals();
          float[] from = x.array();
          for (int channel = first; channel < first + count; channel++) {
            int at = x.offset() + channel * plane;
            LaneSums.total(SUM, 1, batch, plane, step, from, at, from, at, 0f, lanes, total);
            float centre = (float) (total[0] / pixels);
            LaneSums.total(
                SQUARES, 1, batch, plane, step, from, at, from, at, centre, lanes, total);
            mean.array()[mean.offset() + channel] = centre;
            variance.array()[variance.offset() + channel] = (float) (total[0] / pixels);
          }
          memory.give(lanes);
        });
  }

  /** {@code sum[c] = Σ dy; dot[c] = Σ dy (x - mean[c])}. */
  public static void gradientSums(
      Workers workers,
      ScratchArrays memory,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer mean,
      HostBuffer dy,
      HostBuffer sum,
      HostBuffer dot) {
    int step = channels * plane;
    Spans.forRows(
        workers,
        channels,
        (long) batch * plane,
        (first, count) -> {
          float[] lanes = memory.take(2 * LaneSums.LANES);
          double[] totals = LaneSums.totals();
          for (int channel = first; channel < first + count; channel++) {
            int at = channel * plane;
            LaneSums.total(
                PRODUCTS,
                2,
                batch,
                plane,
                step,
                x.array(),
                x.offset() + at,
                dy.array(),
                dy.offset() + at,
                mean.array()[mean.offset() + channel],
                lanes,
                totals);
            sum.array()[sum.offset() + channel] = (float) totals[0];
            dot.array()[dot.offset() + channel] = (float) totals[1];
          }
          memory.give(lanes);
        });
  }
}
