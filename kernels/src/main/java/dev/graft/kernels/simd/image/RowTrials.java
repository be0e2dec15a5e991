package dev.graft.kernels.simd.image;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/** Rows of a small plane through what pooling and depthwise convolutions do with them. */
final class RowTrials {

  private static final int N = Lanes.COUNT;

  /** Rows and columns: whole vectors and a rest. */
  private static final int ROWS = 5;

  private static final int WIDTH = 4 * N + 1;
  private static final int STEP = 6 * N;
  private static final int[] TAPS = {
    0, 1, 2, STEP, STEP + 1, STEP + 2, 2 * STEP, 2 * STEP + 1, 2 * STEP + 2
  };

  private RowTrials() {}

  private static float[] plane() {
    return new float[(ROWS + 4) * STEP];
  }

  /** Of windows. */
  static final class Maxima implements KernelForm.Trial {
    private final float[] x = plane();
    private final float[] y = plane();

    @Override
    public void run(boolean vector) {
      if (vector) {
        WindowMaxima.rows(ROWS, WIDTH, x, 0, STEP, TAPS, y, 0, STEP);
      } else {
        PlainRows.maxima(ROWS, WIDTH, x, 0, STEP, TAPS, y, 0, STEP);
      }
    }
  }

  /** In and out of padding. */
  static final class Copies implements KernelForm.Trial {
    private final float[] x = plane();
    private final float[] y = plane();

    @Override
    public void run(boolean vector) {
      if (vector) {
        RowCopies.copyVectors(ROWS, WIDTH, 0f, x, 0, STEP, y, 0, STEP);
        RowCopies.splitVectors(ROWS, WIDTH, 0f, x, 0, STEP, y, 0, 3 * N, STEP);
        RowCopies.copyVectors(ROWS, N / 2, 0f, x, 0, STEP, y, 0, STEP);
      } else {
        PlainRows.copy(ROWS, WIDTH, x, 0, STEP, y, 0, STEP);
        PlainRows.split(ROWS, WIDTH, x, 0, STEP, y, 0, 3 * N, STEP);
        PlainRows.copy(ROWS, N / 2, x, 0, STEP, y, 0, STEP);
      }
    }
  }

  /** Weighted. */
  static final class Taps implements KernelForm.Trial {
    private final float[] x = plane();
    private final float[] y = plane();
    private final float[] w = new float[TAPS.length];

    @Override
    public void run(boolean vector) {
      if (vector) {
        TapRows.any(ROWS, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
        TapRows.threeDense(ROWS, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
        TapRows.threeStrided(ROWS / 2, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
      } else {
        PlainRows.taps(ROWS, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
        PlainRows.taps(ROWS, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
        PlainRows.taps(ROWS / 2, WIDTH, x, 0, STEP, TAPS, w, 0, 0f, y, 0, STEP);
      }
    }
  }
}
