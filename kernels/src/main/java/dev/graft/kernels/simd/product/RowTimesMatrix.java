package dev.graft.kernels.simd.product;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code y = x B} for one row x and a dense B [k, n]: bound by reading B once, so B is read where
 * it lies, eight vectors of a row at a time.
 */
public final class RowTimesMatrix {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;
  private static final int WIDTH = 8 * N;

  /** Multiply-adds that are worth a thread. */
  private static final int CHUNK = 1 << 16;

  private static final KernelForm FORM = new KernelForm("row times matrix", new Trial());

  private RowTimesMatrix() {}

  /** {@code y = x B}, overwriting y. */
  public static void run(
      Workers workers, int n, int k, float[] x, int xo, float[] b, int bo, float[] y, int yo) {
    int blocks = (n + WIDTH - 1) / WIDTH;
    int perChunk = (int) Math.max(1, CHUNK / ((long) k * WIDTH));
    workers.forEach(
        (blocks + perChunk - 1) / perChunk,
        chunk -> {
          int end = Math.min(n, (chunk + 1) * perChunk * WIDTH);
          int j = chunk * perChunk * WIDTH;
          if (!FORM.isVector((long) k * (end - j))) {
            plain(end - j, k, x, xo, b, bo + j, n, y, yo + j);
            return;
          }
          for (; j + WIDTH <= end; j += WIDTH) {
            eight(k, x, xo, b, bo + j, n, y, yo + j);
          }
          for (; j + WIDTH / 2 <= end; j += WIDTH / 2) {
            four(k, x, xo, b, bo + j, n, y, yo + j);
          }
          for (; j + N <= end; j += N) {
            one(k, x, xo, b, bo + j, n, y, yo + j);
          }
          if (j < end && end >= N) {
            // Some columns once more: each is a sum of its own.
            one(k, x, xo, b, bo + end - N, n, y, yo + end - N);
          } else {
            for (; j < end; j++) {
              float sum = 0;
              for (int p = 0; p < k; p++) {
                sum = Math.fma(x[xo + p], b[bo + j + p * n], sum);
              }
              y[yo + j] = sum;
            }
          }
        });
  }

  /** The same chains of FMAs, along the rows of B. */
  private static void plain(
      int columns, int k, float[] x, int xo, float[] b, int bo, int n, float[] y, int yo) {
    Arrays.fill(y, yo, yo + columns, 0f);
    for (int p = 0; p < k; p++) {
      addScaled(columns, x[xo + p], b, bo + p * n, y, yo);
    }
  }

  private static void addScaled(int n, float a, float[] b, int bo, float[] y, int yo) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Math.fma(a, b[bo + j], y[yo + j]);
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private static final int STEPS = 16;

    private final float[] x = new float[STEPS];
    private final float[] b = new float[STEPS * WIDTH];
    private final float[] y = new float[WIDTH];

    @Override
    public void run(boolean vector) {
      if (!vector) {
        plain(WIDTH, STEPS, x, 0, b, 0, WIDTH, y, 0);
        plain(WIDTH / 2, STEPS, x, 0, b, 0, WIDTH, y, 0);
        plain(N, STEPS, x, 0, b, 0, WIDTH, y, 0);
        return;
      }
      eight(STEPS, x, 0, b, 0, WIDTH, y, 0);
      four(STEPS, x, 0, b, 0, WIDTH, y, 0);
      one(STEPS, x, 0, b, 0, WIDTH, y, 0);
    }
  }

  private static void one(int k, float[] x, int xo, float[] b, int bo, int n, float[] y, int yo) {
    FloatVector sum = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      sum = FloatVector.broadcast(F, x[xo + p]).fma(FloatVector.fromArray(F, b, bo), sum);
      bo += n;
    }
    sum.intoArray(y, yo);
  }

  private static void four(int k, float[] x, int xo, float[] b, int bo, int n, float[] y, int yo) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = FloatVector.zero(F);
    FloatVector s2 = FloatVector.zero(F);
    FloatVector s3 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector a = FloatVector.broadcast(F, x[xo + p]);
      s0 = a.fma(FloatVector.fromArray(F, b, bo + 0 * N), s0);
      s1 = a.fma(FloatVector.fromArray(F, b, bo + 1 * N), s1);
      s2 = a.fma(FloatVector.fromArray(F, b, bo + 2 * N), s2);
      s3 = a.fma(FloatVector.fromArray(F, b, bo + 3 * N), s3);
      bo += n;
    }
    s0.intoArray(y, yo + 0 * N);
    s1.intoArray(y, yo + 1 * N);
    s2.intoArray(y, yo + 2 * N);
    s3.intoArray(y, yo + 3 * N);
  }

  private static void eight(int k, float[] x, int xo, float[] b, int bo, int n, float[] y, int yo) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = FloatVector.zero(F);
    FloatVector s2 = FloatVector.zero(F);
    FloatVector s3 = FloatVector.zero(F);
    FloatVector s4 = FloatVector.zero(F);
    FloatVector s5 = FloatVector.zero(F);
    FloatVector s6 = FloatVector.zero(F);
    FloatVector s7 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector a = FloatVector.broadcast(F, x[xo + p]);
      s0 = a.fma(FloatVector.fromArray(F, b, bo + 0 * N), s0);
      s1 = a.fma(FloatVector.fromArray(F, b, bo + 1 * N), s1);
      s2 = a.fma(FloatVector.fromArray(F, b, bo + 2 * N), s2);
      s3 = a.fma(FloatVector.fromArray(F, b, bo + 3 * N), s3);
      s4 = a.fma(FloatVector.fromArray(F, b, bo + 4 * N), s4);
      s5 = a.fma(FloatVector.fromArray(F, b, bo + 5 * N), s5);
      s6 = a.fma(FloatVector.fromArray(F, b, bo + 6 * N), s6);
      s7 = a.fma(FloatVector.fromArray(F, b, bo + 7 * N), s7);
      bo += n;
    }
    s0.intoArray(y, yo + 0 * N);
    s1.intoArray(y, yo + 1 * N);
    s2.intoArray(y, yo + 2 * N);
    s3.intoArray(y, yo + 3 * N);
    s4.intoArray(y, yo + 4 * N);
    s5.intoArray(y, yo + 5 * N);
    s6.intoArray(y, yo + 6 * N);
    s7.intoArray(y, yo + 7 * N);
  }
}
