package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/** A tile with few steps, that vectors in the interpreter get through quickly. */
record TileTrial(int rows, boolean narrow, float[] a, float[] b, float[] c)
    implements KernelForm.Trial {

  private static final int STEPS = 16;

  TileTrial(int rows, boolean narrow) {
    this(
        rows,
        narrow,
        new float[rows * STEPS],
        new float[Tiles.WIDTH * STEPS],
        new float[rows * Tiles.WIDTH]);
  }

  @Override
  public void run(boolean vector) {
    multiply(vector, false);
    multiply(vector, true);
  }

  private void multiply(boolean vector, boolean add) {
    int width = Tiles.WIDTH;
    if (!vector) {
      int columns = narrow ? Lanes.COUNT : width;
      PlainTile.multiply(rows, columns, STEPS, a, 0, b, 0, width, c, 0, width, add);
    } else if (narrow) {
      Tiles.narrowVectors(rows, STEPS, a, 0, b, 0, width, c, 0, width, add);
    } else {
      Tiles.vectors(rows, STEPS, a, 0, b, 0, width, c, 0, width, add);
    }
  }
}
