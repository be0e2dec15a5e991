package dev.graft.kernels.simd.convolution;

import dev.graft.kernels.simd.image.Planes;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;

/** Columns of a small image, for a kernel of one tap and for one of nine. */
final class PackTrial implements KernelForm.Trial {

  private static final int CHANNELS = 4;
  private static final int SIDE = 2 * Lanes.COUNT;

  private final float[] columns = new float[9 * CHANNELS * Tiles.WIDTH];
  private final ImageColumns pointwise = columns(1);
  private final ImageColumns spatial = columns(3);

  private static ImageColumns columns(int kernel) {
    float[] image = new float[(CHANNELS + 2) * SIDE * SIDE];
    Planes planes = Planes.of(CHANNELS, SIDE, SIDE).over(image, SIDE * SIDE);
    return new ImageColumns(planes, taps(kernel), SIDE, SIDE, new ScratchArrays()).open();
  }

  private static Taps taps(int kernel) {
    int count = kernel * kernel;
    int[] dh = new int[count];
    int[] dw = new int[count];
    for (int t = 0; t < count; t++) {
      dh[t] = t / kernel - kernel / 2;
      dw[t] = t % kernel - kernel / 2;
    }
    return new Taps(dh, dw, new int[count], new int[count]);
  }

  @Override
  public void run(boolean vector) {
    if (vector) {
      pointwise.packVectors(0, CHANNELS, 0, Tiles.WIDTH, columns, 0);
      spatial.packVectors(0, 9 * CHANNELS, 0, Tiles.WIDTH, columns, 0);
    } else {
      pointwise.packPlain(0, CHANNELS, 0, Tiles.WIDTH, columns, 0);
      spatial.packPlain(0, 9 * CHANNELS, 0, Tiles.WIDTH, columns, 0);
    }
  }
}
