package dev.graft.kernels.simd.normalization;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.elementwise.Exponential;
import dev.graft.kernels.simd.elementwise.Logarithm;
import dev.graft.kernels.simd.reduction.LaneMaxima;
import dev.graft.kernels.simd.reduction.LaneSums;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/**
 * Softmax, its logarithm and their gradients along the middle axis of {@code [outer, n, inner]}.
 * Where inner is 1 a row is a run, and the passes over it hit the level-1 cache. Else rows are
 * worked on side by side, a tile of columns at a time.
 */
public final class Softmax {

  /** Columns at a time. */
  private static final int TILE = 256;

  private static final LaneSums.Terms SUM = LaneSums::sum;
  private static final LaneSums.Terms PRODUCTS = LaneSums::products;

  private Softmax() {}

  /** {@code y = exp(x - max) / Σ exp(x - max)}, or its logarithm. */
  public static void forward(
      Workers workers,
      ScratchArrays memory,
      boolean log,
      int outer,
      int n,
      int inner,
      HostBuffer x,
      HostBuffer y) {
    int tiles = Spans.ceil(inner, TILE);
    if (n == 0) {
      return;
    }
    Spans.forRows(
        workers,
        outer * tiles,
        (long) n * Math.min(inner, TILE) * 4,
        (first, count) -> {
          float[] scratch = memory.take(Math.max(n, 3 * TILE) + LaneSums.LANES);
          double[] total = LaneSums.totals();
          for (int tile = first; tile < first + count; tile++) {
            int from = tile % tiles * TILE;
            int at = tile / tiles * n * inner + from;
            int xo = x.offset() + at;
            int yo = y.offset() + at;
            if (inner == 1) {
              row(log, n, x.array(), xo, y.array(), yo, scratch, total);
            } else {
              int width = Math.min(TILE, inner - from);
              columns(log, n, inner, width, x.array(), xo, y.array(), yo, scratch);
            }
          }
          memory.give(scratch);
        });
  }

  /**
   * One row that is a run; y may be x.
   *
   * @param scratch {@link LaneSums#LANES} floats, and n more for the logarithm
   * @param total as {@link LaneSums#totals}
   */
  public static void row(
      boolean log, int n, float[] x, int xo, float[] y, int yo, float[] scratch, double[] total) {
    float max = LaneMaxima.max(n, x, xo);
    float[] e = log ? scratch : y;
    int eo = log ? LaneSums.LANES : yo;
    Exponential.exp(n, 1f, -max, x, xo, e, eo);
    LaneSums.total(SUM, 1, 1, n, n, e, eo, e, eo, 0f, scratch, total);
    if (log) {
      // Two differences, as the formula has them: max may be large and the logarithm small.
      float shift = Logarithm.log((float) total[0]);
      Arithmetic.add(n, x, xo, -max, y, yo);
      Arithmetic.add(n, y, yo, -shift, y, yo);
    } else {
      Arithmetic.divide(n, y, yo, (float) total[0], y, yo);
    }
  }

  private static void columns(
      boolean log,
      int n,
      int inner,
      int width,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] scratch) {
    int sums = TILE;
    int power = 2 * TILE;
    System.arraycopy(x, xo, scratch, 0, width);
    Arrays.fill(scratch, sums, sums + width, 0f);
    for (int row = 1; row < n; row++) {
      LaneMaxima.max(width, x, xo + row * inner, scratch, 0);
    }
    for (int row = 0; row < n; row++) {
      int to = yo + row * inner;
      Arithmetic.subtract(width, x, xo + row * inner, scratch, 0, y, to);
      float[] e = log ? scratch : y;
      int eo = log ? power : to;
      Exponential.exp(width, 1f, 0f, y, to, e, eo);
      Arithmetic.add(width, scratch, sums, e, eo, scratch, sums);
    }
    if (log) {
      Logarithm.log(width, scratch, sums, scratch, sums);
    }
    for (int row = 0; row < n; row++) {
      int to = yo + row * inner;
      if (log) {
        Arithmetic.subtract(width, y, to, scratch, sums, y, to);
      } else {
        Arithmetic.divide(width, y, to, scratch, sums, y, to);
      }
    }
  }

  /** {@code dx = y (dy - Σ dy y)}, or, of the logarithm, {@code dx = dy - exp(y) Σ dy}. */
  public static void gradient(
      Workers workers,
      ScratchArrays memory,
      boolean log,
      int outer,
      int n,
      int inner,
      HostBuffer y,
      HostBuffer dy,
      HostBuffer dx) {
    int tiles = Spans.ceil(inner, TILE);
    Spans.forRows(
        workers,
        outer * tiles,
        (long) n * Math.min(inner, TILE) * 2,
        (first, count) -> {
          float[] scratch = memory.take(2 * Math.max(TILE, LaneSums.LANES));
          double[] totals = LaneSums.totals();
          for (int tile = first; tile < first + count; tile++) {
            int from = tile % tiles * TILE;
            int at = tile / tiles * n * inner + from;
            int yo = y.offset() + at;
            int dyo = dy.offset() + at;
            int dxo = dx.offset() + at;
            if (inner == 1) {
              LaneSums.total(
                  PRODUCTS, 2, 1, n, n, y.array(), yo, dy.array(), dyo, 0f, scratch, totals);
              rowGradient(log, n, y.array(), yo, dy.array(), dyo, totals, dx.array(), dxo);
            } else {
              int width = Math.min(TILE, inner - from);
              columnSums(log, n, inner, width, y.array(), yo, dy.array(), dyo, scratch);
              for (int row = 0; row < n; row++) {
                int step = row * inner;
                columnGradient(
                    log,
                    width,
                    y.array(),
                    yo + step,
                    dy.array(),
                    dyo + step,
                    scratch,
                    dx.array(),
                    dxo + step);
              }
            }
          }
          memory.give(scratch);
        });
  }

  private static void rowGradient(
      boolean log,
      int n,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      double[] totals,
      float[] dx,
      int dxo) {
    if (log) {
      Exponential.exp(n, 1f, 0f, y, yo, dx, dxo);
      Arithmetic.multiply(n, dx, dxo, (float) totals[0], dx, dxo);
      Arithmetic.subtract(n, dy, dyo, dx, dxo, dx, dxo);
    } else {
      Arithmetic.add(n, dy, dyo, (float) -totals[1], dx, dxo);
      Arithmetic.multiply(n, dx, dxo, y, yo, dx, dxo);
    }
  }

  /** {@code Σ dy y}, or {@code Σ dy}, of each column. */
  private static void columnSums(
      boolean log,
      int n,
      int inner,
      int width,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float[] sums) {
    Arrays.fill(sums, 0, width, 0f);
    for (int row = 0; row < n; row++) {
      int step = row * inner;
      if (log) {
        Arithmetic.add(width, sums, 0, dy, dyo + step, sums, 0);
      } else {
        Arithmetic.multiply(width, y, yo + step, dy, dyo + step, sums, TILE);
        Arithmetic.add(width, sums, 0, sums, TILE, sums, 0);
      }
    }
  }

  private static void columnGradient(
      boolean log,
      int width,
      float[] y,
      int yo,
      float[] dy,
      int dyo,
      float[] sums,
      float[] dx,
      int dxo) {
    if (log) {
      Exponential.exp(width, 1f, 0f, y, yo, dx, dxo);
      Arithmetic.multiply(width, dx, dxo, sums, 0, dx, dxo);
      Arithmetic.subtract(width, dy, dyo, dx, dxo, dx, dxo);
    } else {
      Arithmetic.subtract(width, dy, dyo, sums, 0, dx, dxo);
      Arithmetic.multiply(width, dx, dxo, y, yo, dx, dxo);
    }
  }
}
