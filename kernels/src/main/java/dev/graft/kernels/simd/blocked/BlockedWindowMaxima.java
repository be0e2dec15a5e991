package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maxima over the {@link BlockedWindows} of a plane; negative infinity where a window sees none.
 */
final class BlockedWindowMaxima {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private static final KernelForm FORM = new KernelForm("blocked window maxima", new Trial());

  private BlockedWindowMaxima() {}

  /** All outputs of a plane. */
  static void plane(BlockedWindows windows, float[] x, int xo, float[] y, int yo) {
    long seen = (long) windows.starts.length * windows.taps.length + windows.borderPlaces.length;
    if (FORM.isVector(seen * N)) {
      for (int i = 0; i < windows.starts.length; i += BlockedWindows.TOGETHER) {
        inside(windows, i, x, xo, y, yo);
      }
      border(windows, x, xo, y, yo);
    } else {
      plain(windows, x, xo, y, yo);
    }
  }

  private static void inside(BlockedWindows windows, int at, float[] x, int xo, float[] y, int yo) {
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
    FloatVector s0 = FloatVector.fromArray(F, x, x0);
    FloatVector s1 = FloatVector.fromArray(F, x, x1);
    FloatVector s2 = FloatVector.fromArray(F, x, x2);
    FloatVector s3 = FloatVector.fromArray(F, x, x3);
    FloatVector s4 = FloatVector.fromArray(F, x, x4);
    FloatVector s5 = FloatVector.fromArray(F, x, x5);
    FloatVector s6 = FloatVector.fromArray(F, x, x6);
    FloatVector s7 = FloatVector.fromArray(F, x, x7);
    for (int k = 1; k < taps.length; k++) {
      int tap = taps[k];
      s0 = s0.max(FloatVector.fromArray(F, x, x0 + tap));
      s1 = s1.max(FloatVector.fromArray(F, x, x1 + tap));
      s2 = s2.max(FloatVector.fromArray(F, x, x2 + tap));
      s3 = s3.max(FloatVector.fromArray(F, x, x3 + tap));
      s4 = s4.max(FloatVector.fromArray(F, x, x4 + tap));
      s5 = s5.max(FloatVector.fromArray(F, x, x5 + tap));
      s6 = s6.max(FloatVector.fromArray(F, x, x6 + tap));
      s7 = s7.max(FloatVector.fromArray(F, x, x7 + tap));
    }
    int[] outputs = windows.outputs;
    s0.intoArray(y, yo + outputs[at]);
    s1.intoArray(y, yo + outputs[at + 1]);
    s2.intoArray(y, yo + outputs[at + 2]);
    s3.intoArray(y, yo + outputs[at + 3]);
    s4.intoArray(y, yo + outputs[at + 4]);
    s5.intoArray(y, yo + outputs[at + 5]);
    s6.intoArray(y, yo + outputs[at + 6]);
    s7.intoArray(y, yo + outputs[at + 7]);
  }

  private static void border(BlockedWindows windows, float[] x, int xo, float[] y, int yo) {
    int[] places = windows.borderPlaces;
    for (int i = 0; i < windows.borderOutputs.length; i++) {
      FloatVector s = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
      for (int j = windows.borderLists[i]; j < windows.borderLists[i + 1]; j++) {
        s = s.max(FloatVector.fromArray(F, x, xo + places[j]));
      }
      s.intoArray(y, yo + windows.borderOutputs[i]);
    }
  }

  private static void plain(BlockedWindows windows, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < windows.starts.length; i++) {
      int to = yo + windows.outputs[i];
      int from = xo + windows.starts[i];
      System.arraycopy(x, from, y, to, N);
      for (int k = 1; k < windows.taps.length; k++) {
        raise(x, from + windows.taps[k], y, to);
      }
    }
    for (int i = 0; i < windows.borderOutputs.length; i++) {
      int to = yo + windows.borderOutputs[i];
      Arrays.fill(y, to, to + N, Float.NEGATIVE_INFINITY);
      for (int j = windows.borderLists[i]; j < windows.borderLists[i + 1]; j++) {
        raise(x, xo + windows.borderPlaces[j], y, to);
      }
    }
  }

  private static void raise(float[] x, int xo, float[] y, int yo) {
    for (int lane = 0; lane < N; lane++) {
      y[yo + lane] = Math.max(y[yo + lane], x[xo + lane]);
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private final BlockedWindows windows = BlockedWindows.EXAMPLE;
    private final float[] x = new float[BlockedWindows.EXAMPLE_PLANE];
    private final float[] y = new float[BlockedWindows.EXAMPLE_PLANE];

    @Override
    public void run(boolean vector) {
      if (vector) {
        inside(windows, 0, x, 0, y, 0);
        border(windows, x, 0, y, 0);
      } else {
        plain(windows, x, 0, y, 0);
      }
    }
  }
}
