package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weighted sums over the {@link BlockedWindows} of a plane, each channel with weights of its own:
 * {@code y = clip(bias + Σ_k x[k] w[k])}, a chain of FMAs over ascending taps.
 */
final class BlockedWindowSums {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private static final KernelForm FORM = new KernelForm("blocked window sums", new Trial());

  private BlockedWindowSums() {}

  /**
   * All outputs of a plane.
   *
   * @param w a vector for each tap
   * @param bo where the vector of the bias lies
   */
  static void plane(
      BlockedWindows windows,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      BlockedResult clip,
      float[] y,
      int yo) {
    long seen = (long) windows.starts.length * windows.taps.length + windows.borderPlaces.length;
    if (FORM.isVector(seen * N)) {
      for (int i = 0; i < windows.starts.length; i += BlockedWindows.TOGETHER) {
        inside(windows, i, x, xo, w, wo, bias, bo, clip.low(), clip.high(), y, yo);
      }
      border(windows, x, xo, w, wo, bias, bo, clip.low(), clip.high(), y, yo);
    } else {
      plain(windows, x, xo, w, wo, bias, bo, clip.low(), clip.high(), y, yo);
    }
  }

  private static void inside(
      BlockedWindows windows,
      int at,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      float low,
      float high,
      float[] y,
      int yo) {
    int[] taps = windows.taps;
    int[] starts = windows.starts;
    int x0 = xo + starts[at];
    int x1 = xo + starts[at + 1];
    int x2 = xo + starts[at + 2];
    int x3 = xo + starts[at + 3];
    int x4 = xo + starts[at + 4];
    int x5 = xo + starts[at + 5];
    int x6 = xo + starts[at + 6];
    int x7 = xo + starts[at + 7];
    FloatVector s0 = FloatVector.fromArray(F, bias, bo);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int k = 0; k < taps.length; k++) {
      int tap = taps[k];
      FloatVector v = FloatVector.fromArray(F, w, wo);
      s0 = FloatVector.fromArray(F, x, x0 + tap).fma(v, s0);
      s1 = FloatVector.fromArray(F, x, x1 + tap).fma(v, s1);
      s2 = FloatVector.fromArray(F, x, x2 + tap).fma(v, s2);
      s3 = FloatVector.fromArray(F, x, x3 + tap).fma(v, s3);
      s4 = FloatVector.fromArray(F, x, x4 + tap).fma(v, s4);
      s5 = FloatVector.fromArray(F, x, x5 + tap).fma(v, s5);
      s6 = FloatVector.fromArray(F, x, x6 + tap).fma(v, s6);
      s7 = FloatVector.fromArray(F, x, x7 + tap).fma(v, s7);
      wo += N;
    }
    int[] outputs = windows.outputs;
    FloatVector l = FloatVector.broadcast(F, low);
    FloatVector h = FloatVector.broadcast(F, high);
    clip(s0, l, h).intoArray(y, yo + outputs[at]);
    clip(s1, l, h).intoArray(y, yo + outputs[at + 1]);
    clip(s2, l, h).intoArray(y, yo + outputs[at + 2]);
    clip(s3, l, h).intoArray(y, yo + outputs[at + 3]);
    clip(s4, l, h).intoArray(y, yo + outputs[at + 4]);
    clip(s5, l, h).intoArray(y, yo + outputs[at + 5]);
    clip(s6, l, h).intoArray(y, yo + outputs[at + 6]);
    clip(s7, l, h).intoArray(y, yo + outputs[at + 7]);
  }

  private static FloatVector clip(FloatVector v, FloatVector low, FloatVector high) {
    FloatVector atLeast = v.blend(low, v.compare(VectorOperators.LT, low));
    return atLeast.blend(high, atLeast.compare(VectorOperators.GT, high));
  }

  private static void border(
      BlockedWindows windows,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      float low,
      float high,
      float[] y,
      int yo) {
    FloatVector l = FloatVector.broadcast(F, low);
    FloatVector h = FloatVector.broadcast(F, high);
    int[] places = windows.borderPlaces;
    int[] taps = windows.borderTaps;
    for (int i = 0; i < windows.borderOutputs.length; i++) {
      FloatVector s = FloatVector.fromArray(F, bias, bo);
      for (int j = windows.borderLists[i]; j < windows.borderLists[i + 1]; j++) {
        FloatVector v = FloatVector.fromArray(F, w, wo + taps[j] * N);
        s = FloatVector.fromArray(F, x, xo + places[j]).fma(v, s);
      }
      clip(s, l, h).intoArray(y, yo + windows.borderOutputs[i]);
    }
  }

  private static void plain(
      BlockedWindows windows,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      float low,
      float high,
      float[] y,
      int yo) {
    for (int i = 0; i < windows.starts.length; i++) {
      int to = yo + windows.outputs[i];
      System.arraycopy(bias, bo, y, to, N);
      for (int k = 0; k < windows.taps.length; k++) {
        add(x, xo + windows.starts[i] + windows.taps[k], w, wo + k * N, y, to);
      }
      clip(low, high, y, to);
    }
    for (int i = 0; i < windows.borderOutputs.length; i++) {
      int to = yo + windows.borderOutputs[i];
      System.arraycopy(bias, bo, y, to, N);
      for (int j = windows.borderLists[i]; j < windows.borderLists[i + 1]; j++) {
        add(x, xo + windows.borderPlaces[j], w, wo + windows.borderTaps[j] * N, y, to);
      }
      clip(low, high, y, to);
    }
  }

  private static void add(float[] x, int xo, float[] w, int wo, float[] y, int yo) {
    for (int lane = 0; lane < N; lane++) {
      y[yo + lane] = Math.fma(x[xo + lane], w[wo + lane], y[yo + lane]);
    }
  }

  private static void clip(float low, float high, float[] y, int yo) {
    for (int lane = 0; lane < N; lane++) {
      float v = y[yo + lane] < low ? low : y[yo + lane];
      y[yo + lane] = v > high ? high : v;
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private final BlockedWindows windows = BlockedWindows.EXAMPLE;
    private final float[] x = new float[BlockedWindows.EXAMPLE_PLANE];
    private final float[] w = new float[9 * N];
    private final float[] y = new float[BlockedWindows.EXAMPLE_PLANE];

    @Override
    public void run(boolean vector) {
      if (vector) {
        inside(windows, 0, x, 0, w, 0, w, 0, 0, 6, y, 0);
        border(windows, x, 0, w, 0, w, 0, 0, 6, y, 0);
      } else {
        plain(windows, x, 0, w, 0, w, 0, 0, 6, y, 0);
      }
    }
  }
}
