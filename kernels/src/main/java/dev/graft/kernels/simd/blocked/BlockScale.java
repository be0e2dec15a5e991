package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Each channel of a block times a number of its own. */
final class BlockScale {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private static final KernelForm FORM = new KernelForm("scales of a block", new Trial());

  private BlockScale() {}

  /** {@code y[pixel, lane] = x[pixel, lane] factors[lane]}. */
  static void plane(int pixels, float[] factors, float[] x, int xo, float[] y, int yo) {
    if (FORM.isVector((long) pixels * N)) {
      vectors(pixels, factors, x, xo, y, yo);
    } else {
      plain(pixels, factors, x, xo, y, yo);
    }
  }

  private static void vectors(int pixels, float[] factors, float[] x, int xo, float[] y, int yo) {
    FloatVector f = FloatVector.fromArray(F, factors, 0);
    for (int i = 0; i < pixels * N; i += N) {
      FloatVector.fromArray(F, x, xo + i).mul(f).intoArray(y, yo + i);
    }
  }

  private static void plain(int pixels, float[] factors, float[] x, int xo, float[] y, int yo) {
    for (int i = 0; i < pixels * N; i++) {
      y[yo + i] = x[xo + i] * factors[i % N];
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private static final int PIXELS = 16;
    private final float[] x = new float[PIXELS * N];
    private final float[] y = new float[PIXELS * N];

    @Override
    public void run(boolean vector) {
      if (vector) {
        vectors(PIXELS, x, x, 0, y, 0);
      } else {
        plain(PIXELS, x, x, 0, y, 0);
      }
    }
  }
}
