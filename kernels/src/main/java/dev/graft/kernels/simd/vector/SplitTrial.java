package dev.graft.kernels.simd.vector;

/** Every second pixel of a row. */
final class SplitTrial implements KernelForm.Trial {

  private static final int RUN = 8 * Lanes.COUNT;

  private final float[] from = new float[2 * RUN];
  private final float[] to = new float[RUN];

  @Override
  public void run(boolean vector) {
    if (vector) {
      for (int i = 0; i < RUN; i += Lanes.COUNT) {
        Interleave.everySecond(from, 2 * i, to, i);
      }
    } else {
      StridedCopy.plain(from, 0, 2, 0, RUN, to, 0);
    }
  }
}
