package dev.graft.kernels.simd.normalization;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.reduction.LaneSums;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** {@code y = scale (x - mean) inverse + bias} of each row, which stays in the level-1 cache. */
public final class RowNormalization {

  private static final LaneSums.Terms SUM = LaneSums::sum;
  private static final LaneSums.Terms SQUARES = LaneSums::squares;

  private RowNormalization() {}

  public static void run(
      Workers workers,
      ScratchArrays memory,
      int rows,
      int columns,
      double epsilon,
      HostBuffer x,
      HostBuffer scale,
      @Nullable HostBuffer bias,
      HostBuffer mean,
      HostBuffer inverse,
      HostBuffer y) {
    Spans.forRows(
        workers,
        rows,
        3L * columns,
        (first, count) -> {
          float[] lanes = memory.take(LaneSums.LANES);
          double[] total = LaneSums.totals();
          float[] from = x.array();
          for (int row = first; row < first + count; row++) {
            int at = x.offset() + row * columns;
            LaneSums.total(SUM, 1, 1, columns, columns, from, at, from, at, 0f, lanes, total);
            float centre = (float) (total[0] / columns);
            LaneSums.total(
                SQUARES, 1, 1, columns, columns, from, at, from, at, centre, lanes, total);
            float variance = (float) (total[0] / columns);
            float factor = (float) (1 / Math.sqrt(variance + epsilon));
            mean.array()[mean.offset() + row] = centre;
            inverse.array()[inverse.offset() + row] = factor;
            int to = y.offset() + row * columns;
            if (bias == null) {
              scaled(columns, from, at, centre, factor, scale, y.array(), to);
            } else {
              shifted(columns, from, at, centre, factor, scale, bias, y.array(), to);
            }
          }
          memory.give(lanes);
        });
  }

  private static void scaled(
      int n, float[] x, int xo, float centre, float factor, HostBuffer scale, float[] y, int yo) {
    float[] s = scale.array();
    int so = scale.offset();
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector centred = FloatVector.fromArray(FLOATS, x, xo + i).sub(centre).mul(factor);
      centred.mul(FloatVector.fromArray(FLOATS, s, so + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = (x[xo + i] - centre) * factor * s[so + i];
    }
  }

  private static void shifted(
      int n,
      float[] x,
      int xo,
      float centre,
      float factor,
      HostBuffer scale,
      HostBuffer bias,
      float[] y,
      int yo) {
    float[] s = scale.array();
    int so = scale.offset();
    float[] b = bias.array();
    int bo = bias.offset();
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector centred = FloatVector.fromArray(FLOATS, x, xo + i).sub(centre).mul(factor);
      FloatVector shift = FloatVector.fromArray(FLOATS, b, bo + i);
      centred.fma(FloatVector.fromArray(FLOATS, s, so + i), shift).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma((x[xo + i] - centre) * factor, s[so + i], b[bo + i]);
    }
  }
}
