package dev.graft.kernels.simd.image;

/**
 * {@link RowCopies}, {@link WindowMaxima} and {@link TapRows} without vectors. They write no
 * element beyond a row's end: the vectors write there only what is written again, or is not read.
 */
final class PlainRows {

  private PlainRows() {}

  /** See {@link RowCopies#copy}. */
  static void copy(int rows, int n, float[] x, int xo, int xStep, float[] y, int yo, int yStep) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStep, y, yo + row * yStep, n);
    }
  }

  /** See {@link RowCopies#split}. */
  static void split(
      int rows, int n, float[] x, int xo, int xStep, float[] y, int even, int odd, int yStep) {
    for (int row = 0; row < rows; row++) {
      everySecond((n + 1) / 2, x, xo + row * xStep, y, even + row * yStep);
      everySecond(n / 2, x, xo + row * xStep + 1, y, odd + row * yStep);
    }
  }

  private static void everySecond(int n, float[] x, int from, float[] y, int to) {
    for (int i = 0; i < n; i++) {
      y[to + i] = x[from + 2 * i];
    }
  }

  /** See {@link WindowMaxima#rows}. */
  static void maxima(
      int rows, int width, float[] x, int at, int step, int[] taps, float[] y, int yo, int yStep) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        y[yo + row * yStep + i] = maximum(x, at + row * step + i, taps);
      }
    }
  }

  private static float maximum(float[] x, int from, int[] taps) {
    float best = x[from + taps[0]];
    for (int k = 1; k < taps.length; k++) {
      best = Math.max(best, x[from + taps[k]]);
    }
    return best;
  }

  /** See {@link TapRows}. */
  static void taps(
      int rows,
      int width,
      float[] x,
      int at,
      int step,
      int[] taps,
      float[] w,
      int wo,
      float bias,
      float[] y,
      int yo,
      int yStep) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        y[yo + row * yStep + i] = weighted(x, at + row * step + i, taps, w, wo, bias);
      }
    }
  }

  private static float weighted(float[] x, int from, int[] taps, float[] w, int wo, float bias) {
    float sum = bias;
    for (int k = 0; k < taps.length; k++) {
      sum = Math.fma(x[from + taps[k]], w[wo + k], sum);
    }
    return sum;
  }
}
