package dev.graft.core.backend.plain;

import dev.graft.core.backend.Workers;

/**
 * Products of few rows with a B whose columns lie contiguous ({@code y = W x}): read once, bound by
 * memory. Eight columns are summed side by side, since one chain of dependent multiply-adds would
 * wait four cycles for each.
 */
final class DotProducts {

  /** Columns in one parallel chunk. */
  private static final int COLUMNS = 64;

  /** Fewer multiply-adds than this are not worth waking a thread for. */
  private static final long SMALL = 1 << 16;

  private DotProducts() {}

  static void run(Workers workers, JavaGemm.Product p, int batch) {
    if (p.m() == 0 || p.n() == 0) {
      return;
    }
    boolean small = (long) p.m() * p.n() * p.k() < SMALL;
    int columns = small ? p.n() : COLUMNS;
    int blocks = RowProducts.ceil(p.n(), columns);
    workers.forEach(
        batch * blocks,
        chunk -> {
          int first = chunk % blocks * columns;
          int last = Math.min(p.n(), first + columns);
          for (int i = 0; i < p.m(); i++) {
            row(p, chunk / blocks, i, first, last);
          }
        });
  }

  private static void row(JavaGemm.Product p, int image, int i, int first, int last) {
    int a = p.a().offset() + image * p.nextA() + i * p.a().rowStride();
    int b = p.b().offset() + image * p.nextB();
    int c = p.c().offset() + image * p.nextC() + i * p.c().rowStride();
    int next = p.b().columnStride();
    float[] y = p.c().array();
    float[] dots = new float[8];
    int j = first;
    for (; j + 8 <= last; j += 8) {
      eight(p, a, b + j * next, dots);
      for (int lane = 0; lane < 8; lane++) {
        store(p, y, c + (j + lane) * p.c().columnStride(), dots[lane]);
      }
    }
    for (; j < last; j++) {
      int at = c + j * p.c().columnStride();
      store(p, y, at, one(p, a, b + j * next));
    }
  }

  private static void store(JavaGemm.Product p, float[] y, int at, float dot) {
    y[at] = p.beta() == 0 ? dot : Math.fma(p.beta(), y[at], dot);
  }

  private static float one(JavaGemm.Product p, int a, int b) {
    float[] x = p.a().array();
    float[] w = p.b().array();
    int step = p.a().columnStride();
    float sum = 0;
    for (int q = 0; q < p.k(); q++) {
      sum = Math.fma(p.alpha() * x[a + q * step], w[b + q], sum);
    }
    return sum;
  }

  private static void eight(JavaGemm.Product p, int a, int b, float[] dots) {
    float[] x = p.a().array();
    float[] w = p.b().array();
    float alpha = p.alpha();
    int step = p.a().columnStride();
    int next = p.b().columnStride();
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int end = b + p.k();
    for (int q = b; q < end; q++) {
      float v = alpha * x[a];
      a += step;
      s0 = Math.fma(v, w[q], s0);
      s1 = Math.fma(v, w[q + next], s1);
      s2 = Math.fma(v, w[q + 2 * next], s2);
      s3 = Math.fma(v, w[q + 3 * next], s3);
      s4 = Math.fma(v, w[q + 4 * next], s4);
      s5 = Math.fma(v, w[q + 5 * next], s5);
      s6 = Math.fma(v, w[q + 6 * next], s6);
      s7 = Math.fma(v, w[q + 7 * next], s7);
    }
    dots[0] = s0;
    dots[1] = s1;
    dots[2] = s2;
    dots[3] = s3;
    dots[4] = s4;
    dots[5] = s5;
    dots[6] = s6;
    dots[7] = s7;
  }
}
