package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The mean of each channel of a block over a whole plane: pixel i is added to sum i modulo 4. */
final class BlockAverage {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;
  private static final int SUMS = 4;

  private static final KernelForm FORM = new KernelForm("average of a block", new Trial());

  private BlockAverage() {}

  /** Writes a vector of means; {@code y} has room for four. */
  static void plane(int pixels, float[] x, int xo, float[] y) {
    if (FORM.isVector((long) pixels * N)) {
      vectors(pixels, x, xo, y);
    } else {
      plain(pixels, x, xo, y);
    }
  }

  private static void vectors(int pixels, float[] x, int xo, float[] y) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = FloatVector.zero(F);
    FloatVector s2 = FloatVector.zero(F);
    FloatVector s3 = FloatVector.zero(F);
    int i = 0;
    for (; i + SUMS <= pixels; i += SUMS) {
      int at = xo + i * N;
      s0 = s0.add(FloatVector.fromArray(F, x, at));
      s1 = s1.add(FloatVector.fromArray(F, x, at + N));
      s2 = s2.add(FloatVector.fromArray(F, x, at + 2 * N));
      s3 = s3.add(FloatVector.fromArray(F, x, at + 3 * N));
    }
    for (; i < pixels; i++) {
      s0 = s0.add(FloatVector.fromArray(F, x, xo + i * N));
    }
    s0.add(s1).add(s2.add(s3)).mul(1f / pixels).intoArray(y, 0);
  }

  private static void plain(int pixels, float[] x, int xo, float[] y) {
    Arrays.fill(y, 0, SUMS * N, 0f);
    int whole = pixels / SUMS * SUMS;
    for (int i = 0; i < pixels; i++) {
      int to = i < whole ? i % SUMS * N : 0;
      for (int lane = 0; lane < N; lane++) {
        y[to + lane] += x[xo + i * N + lane];
      }
    }
    for (int lane = 0; lane < N; lane++) {
      float sum = y[lane] + y[N + lane] + (y[2 * N + lane] + y[3 * N + lane]);
      y[lane] = sum * (1f / pixels);
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private static final int PIXELS = 21;
    private final float[] x = new float[PIXELS * N];
    private final float[] y = new float[SUMS * N];

    @Override
    public void run(boolean vector) {
      if (vector) {
        vectors(PIXELS, x, 0, y);
      } else {
        plain(PIXELS, x, 0, y);
      }
    }
  }
}
