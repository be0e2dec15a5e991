package dev.graft.kernels.simd.image;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.work.ScratchArrays;

/** One channel's weights over a {@link PaddedPlane}, with the kernel that suits its taps. */
final class TapKernel implements PlaneRows.Body {

  private enum Kind {
    ANY,
    THREE_DENSE,
    THREE_STRIDED
  }

  private static final KernelForm FORM = new KernelForm("taps", new RowTrials.Taps());

  private final PaddedPlane layout;
  private final Kind kind;
  private float[] x = ScratchArrays.NONE;
  private float[] w = ScratchArrays.NONE;
  private int wo;
  private float bias;

  TapKernel(PaddedPlane layout) {
    this.layout = layout;
    int[] taps = layout.taps;
    if (taps.length != 9 || !layout.square) {
      kind = Kind.ANY;
    } else if (taps[3] == taps[0] + layout.step && taps[6] == taps[3] + layout.step) {
      kind = Kind.THREE_DENSE;
    } else if (taps[6] == taps[0] + layout.step) {
      kind = Kind.THREE_STRIDED;
    } else {
      kind = Kind.ANY;
    }
  }

  /**
   * Reads from these arrays from now on.
   *
   * @param x the padded plane
   * @param w weights; {@link #with} says where they begin
   */
  TapKernel over(float[] x, float[] w) {
    this.x = x;
    this.w = w;
    return this;
  }

  TapKernel with(int wo, float bias) {
    this.wo = wo;
    this.bias = bias;
    return this;
  }

  @Override
  public void run(int rows, int width, int at, float[] y, int yo, int yStep) {
    int step = layout.step;
    int[] taps = layout.taps;
    if (!FORM.isVector((long) rows * width * taps.length)) {
      PlainRows.taps(rows, width, x, at, step, taps, w, wo, bias, y, yo, yStep);
      return;
    }
    if (rows <= 1) {
      TapRows.any(rows, width, x, at, step, taps, w, wo, bias, y, yo, yStep);
      return;
    }
    switch (kind) {
      case THREE_DENSE ->
          TapRows.threeDense(rows, width, x, at, step, taps, w, wo, bias, y, yo, yStep);
      case THREE_STRIDED ->
          TapRows.threeStrided(rows, width, x, at, step, taps, w, wo, bias, y, yo, yStep);
      case ANY -> TapRows.any(rows, width, x, at, step, taps, w, wo, bias, y, yo, yStep);
    }
  }
}
