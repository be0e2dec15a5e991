package dev.graft.core.backend;

import java.util.Arrays;

/**
 * Sums with a fixed order that still vectorise. C2 never reorders a float sum, so one running total
 * is one addition per latency; sixty-four running totals, each over every 64th element, are four
 * vectors. They are added up in a fixed tree at the end.
 */
final class Lanes {

  private static final int COUNT = 64;

  private Lanes() {}

  private static final ThreadLocal<float[]> TOTALS =
      ThreadLocal.withInitial(() -> new float[COUNT]);

  /** {@code Σ x[i]}. */
  static float sum(float[] x, int from, int n) {
    float[] totals = cleared();
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      int at = from + i;
      for (int lane = 0; lane < COUNT; lane++) {
        totals[lane] += x[at + lane];
      }
    }
    for (int lane = 0; i + lane < n; lane++) {
      totals[lane] += x[from + i + lane];
    }
    return folded(totals);
  }

  /** {@code Σ x[i] y[i]}, with one FMA each. */
  static float dot(float[] x, int xFrom, float[] y, int yFrom, int n) {
    float[] totals = cleared();
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      int inX = xFrom + i;
      int inY = yFrom + i;
      for (int lane = 0; lane < COUNT; lane++) {
        totals[lane] = Math.fma(x[inX + lane], y[inY + lane], totals[lane]);
      }
    }
    for (int lane = 0; i + lane < n; lane++) {
      totals[lane] = Math.fma(x[xFrom + i + lane], y[yFrom + i + lane], totals[lane]);
    }
    return folded(totals);
  }

  /** {@code Σ (x[i] - mean)^2}. */
  static float squares(float[] x, int from, int n, float mean) {
    float[] totals = cleared();
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      int at = from + i;
      for (int lane = 0; lane < COUNT; lane++) {
        float d = x[at + lane] - mean;
        totals[lane] = Math.fma(d, d, totals[lane]);
      }
    }
    for (int lane = 0; i + lane < n; lane++) {
      float d = x[from + i + lane] - mean;
      totals[lane] = Math.fma(d, d, totals[lane]);
    }
    return folded(totals);
  }

  /** {@code Σ y[i] (x[i] - mean)}. */
  static float centredDot(float[] x, int xFrom, float mean, float[] y, int yFrom, int n) {
    float[] totals = cleared();
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      int inX = xFrom + i;
      int inY = yFrom + i;
      for (int lane = 0; lane < COUNT; lane++) {
        totals[lane] = Math.fma(x[inX + lane] - mean, y[inY + lane], totals[lane]);
      }
    }
    for (int lane = 0; i + lane < n; lane++) {
      totals[lane] = Math.fma(x[xFrom + i + lane] - mean, y[yFrom + i + lane], totals[lane]);
    }
    return folded(totals);
  }

  /** The largest of x; NaN if any is NaN; negative infinity if there is none. */
  static float max(float[] x, int from, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[from + i]);
    }
    return max;
  }

  private static float[] cleared() {
    float[] totals = TOTALS.get();
    Arrays.fill(totals, 0);
    return totals;
  }

  private static float folded(float[] totals) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        totals[lane] += totals[lane + half];
      }
    }
    return totals[0];
  }
}
