package dev.graft.kernels.simd.normalization;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.elementwise.Piecewise;
import dev.graft.kernels.simd.work.Spans;
import jdk.incubator.vector.FloatVector;

/**
 * Maps with coefficients a channel, over {@code [batch, channels, plane]}: one pass over memory,
 * which is what bounds them.
 */
public final class ChannelAffine {

  private ChannelAffine() {}

  /** {@code y = x scale[c] + shift[c]}. */
  public static void affine(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scale,
      HostBuffer shift,
      HostBuffer y) {
    Spans.forRows(
        workers,
        batch * channels,
        plane,
        (first, count) -> {
          for (int row = first; row < first + count; row++) {
            float factor = scale.array()[scale.offset() + row % channels];
            float term = shift.array()[shift.offset() + row % channels];
            int at = row * plane;
            Piecewise.affine(
                plane, factor, term, x.array(), x.offset() + at, y.array(), y.offset() + at);
          }
        });
  }

  /** {@code y = min(max(x scale[c] + shift[c], low), high)}. */
  public static void clipped(
      Workers workers,
      int batch,
      int channels,
      int plane,
      HostBuffer x,
      HostBuffer scale,
      HostBuffer shift,
      float low,
      float high,
      HostBuffer y) {
    Spans.forRows(
        workers,
        batch * channels,
        plane,
        (first, count) -> {
          for (int row = first; row < first + count; row++) {
            float factor = scale.array()[scale.offset() + row % channels];
            float term = shift.array()[shift.offset() + row % channels];
            int from = x.offset() + row * plane;
            int to = y.offset() + row * plane;
            Piecewise.clippedAffine(plane, factor, term, low, high, x.array(), from, y.array(), to);
          }
        });
  }

  /** {@code y = x scaleX[c] + z scaleZ[c] + shift[c]}. */
  public static void combine(
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
    Spans.forRows(
        workers,
        batch * channels,
        plane,
        (first, count) -> {
          for (int row = first; row < first + count; row++) {
            float factorX = scaleX.array()[scaleX.offset() + row % channels];
            float factorZ = scaleZ.array()[scaleZ.offset() + row % channels];
            float term = shift.array()[shift.offset() + row % channels];
            int at = row * plane;
            combine(
                plane,
                x.array(),
                x.offset() + at,
                factorX,
                z.array(),
                z.offset() + at,
                factorZ,
                term,
                y.array(),
                y.offset() + at);
          }
        });
  }

  private static void combine(
      int n,
      float[] x,
      int xo,
      float factorX,
      float[] z,
      int zo,
      float factorZ,
      float term,
      float[] y,
      int yo) {
    int i = 0;
    FloatVector scale = FloatVector.broadcast(FLOATS, factorX);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, z, zo + i).fma(factorZ, term);
      FloatVector.fromArray(FLOATS, x, xo + i).fma(scale, sum).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i], factorX, Math.fma(z[zo + i], factorZ, term));
    }
  }
}
