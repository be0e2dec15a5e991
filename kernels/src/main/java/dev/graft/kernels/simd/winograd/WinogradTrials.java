package dev.graft.kernels.simd.winograd;

import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.Interleave;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/** A vector of tiles through each of the transforms. */
final class WinogradTrials {

  private static final int N = Lanes.COUNT;
  private static final int POINTS = Winograd.POINTS;

  private WinogradTrials() {}

  /** From pixels to points. */
  static final class Input implements KernelForm.Trial {
    private final float[] pixels = new float[4 * N];
    private final float[] phases = new float[25 * N];
    private final float[] work = new float[POINTS * N];
    private final float[] points = new float[POINTS * N];

    @Override
    public void run(boolean vector) {
      if (vector) {
        Interleave.apart(pixels, 0, phases, 0, N);
        WinogradTransform.input(phases, 0, N, 1, work, points, 0, N);
      } else {
        PlainWinograd.apart(pixels, 0, phases, 0, N);
        PlainWinograd.input(phases, 0, N, 1, work, points, 0, N);
      }
    }
  }

  /** From points to pixels. */
  static final class Output implements KernelForm.Trial {
    private final float[] points = new float[POINTS * N];
    private final float[] work = new float[40 * N];
    private final float[] lines = new float[16 * N];

    @Override
    public void run(boolean vector) {
      if (vector) {
        WinogradTransform.output(points, 0, N, work, 24 * N);
        for (int r = 0; r < 4; r++) {
          Interleave.together(work, (24 + 4 * r) * N, lines, r * 4 * N);
        }
      } else {
        PlainWinograd.output(points, 0, N, work, 24 * N);
        for (int r = 0; r < 4; r++) {
          PlainWinograd.together(work, (24 + 4 * r) * N, lines, r * 4 * N);
        }
      }
    }
  }

  /** From weights to points. */
  static final class Weights implements KernelForm.Trial {
    private final float[] work = new float[27 * N];
    private final float[] points = new float[POINTS * N];
    private final int lanes = Math.min(N, Tiles.TALL);

    @Override
    public void run(boolean vector) {
      if (vector) {
        WinogradWeights.transform(work, lanes, points, 0, N);
      } else {
        PlainWinograd.weights(work, lanes, points, 0, N);
      }
    }
  }
}
