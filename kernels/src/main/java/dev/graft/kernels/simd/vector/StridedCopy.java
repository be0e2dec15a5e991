package dev.graft.kernels.simd.vector;

/** Takes every so many-th element of a row out. */
public final class StridedCopy {

  private static final int N = Lanes.COUNT;
  private static final KernelForm EVERY_SECOND =
      new KernelForm("every second pixel", new SplitTrial());

  private StridedCopy() {}

  /** {@code to[at + i] = x[from + i step]}. */
  public static void run(float[] x, int from, int step, int count, float[] to, int at) {
    if (step == 1) {
      System.arraycopy(x, from, to, at, count);
      return;
    }
    int i = 0;
    if (step == 2 && EVERY_SECOND.isVector(2L * count)) {
      for (; i + N <= count && from + 2 * i + 2 * N <= x.length; i += N) {
        Interleave.everySecond(x, from + 2 * i, to, at + i);
      }
    }
    plain(x, from, step, i, count, to, at);
  }

  /** From the element {@code first} on. */
  static void plain(float[] x, int from, int step, int first, int count, float[] to, int at) {
    for (int i = first; i < count; i++) {
      to[at + i] = x[from + i * step];
    }
  }
}
