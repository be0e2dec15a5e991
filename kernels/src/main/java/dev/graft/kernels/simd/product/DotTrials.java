package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/** Both forms of {@link Dots} on rows of the length that few channels give. */
final class DotTrials {

  private static final int N = 16 * Lanes.COUNT;

  private DotTrials() {}

  /** Of a tile. */
  static final class OfTile implements KernelForm.Trial {
    private final float[] a = new float[Dots.ROWS * N];
    private final float[] b = new float[Dots.COLUMNS * N];
    private final float[] s = new float[Dots.SUMS];

    @Override
    public void run(boolean vector) {
      if (vector) {
        DotTile4x3.accumulate(N, a, 0, N, 2 * N, 3 * N, b, 0, N, 2 * N, s, 0);
      } else {
        for (int row = 0; row < Dots.ROWS; row++) {
          Dots.plainRow(N, a, row * N, b, 0, N, 2 * N, s, row * Dots.COLUMNS * Lanes.COUNT);
        }
      }
    }
  }

  /** Of a strip of six rows. */
  static final class OfStrip implements KernelForm.Trial {
    private final float[] a = new float[6 * N];
    private final float[] b = new float[N];
    private final float[] s = new float[6 * Lanes.COUNT];

    @Override
    public void run(boolean vector) {
      if (vector) {
        DotTile6x1.accumulate(N, a, 0, N, 2 * N, 3 * N, 4 * N, 5 * N, b, 0, s, 0);
      } else {
        for (int row = 0; row < 6; row++) {
          Dots.plain(N, a, row * N, b, 0, s, row * Lanes.COUNT);
        }
      }
    }
  }

  /** Of one row and one column. */
  static final class OfOne implements KernelForm.Trial {
    private final float[] a = new float[N];
    private final float[] b = new float[N];
    private final float[] s = new float[Lanes.COUNT];

    @Override
    public void run(boolean vector) {
      if (vector) {
        Dots.vector(N, a, 0, b, 0, s, 0);
      } else {
        Dots.plain(N, a, 0, b, 0, s, 0);
      }
    }
  }
}
