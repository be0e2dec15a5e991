package dev.graft.kernels.simd;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/** Matrix products: which form of the kernel suits which shape. */
final class SimdGemm {

  /** Products of that few rows are bound by reading B: packing it would read it twice. */
  private static final int FEW = 4;

  private SimdGemm() {}

  /** {@code C = alpha op(A) op(B) + beta C} for a product that is not empty. */
  static void run(
      Workers workers,
      Memory memory,
      GemmGeometry g,
      double alpha,
      HostBuffer a,
      HostBuffer b,
      double beta,
      HostBuffer c) {
    for (int item = 0; item < g.batch(); item++) {
      int ao = a.offset() + item * g.strideA();
      int bo = b.offset() + item * g.strideB();
      int co = c.offset() + item * g.strideC();
      one(workers, memory, g, (float) alpha, a.array(), ao, b.array(), bo, (float) beta, c, co);
    }
  }

  private static void one(
      Workers workers,
      Memory memory,
      GemmGeometry g,
      float alpha,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float beta,
      HostBuffer c,
      int co) {
    int m = g.m();
    int n = g.n();
    int k = g.k();
    boolean rowsOfA = !g.transposeA() || m == 1;
    boolean rowsOfB = g.transposeB() || n == 1;
    if (rowsOfA && rowsOfB && Math.min(m, n) <= FEW * FEW) {
      RowsTimesRows.run(workers, memory, m, n, k, a, ao, b, bo, alpha, beta, c.array(), co);
      return;
    }
    if (m == 1 && alpha == 1 && beta == 0) {
      RowTimesMatrix.run(workers, n, k, a, ao, b, bo, c.array(), co);
      return;
    }
    if (swaps(m, n, k)) {
      float[] transposed = memory.take(m * n);
      Left left = new Left(b, bo, g.transposeB() ? k : 1, g.transposeB() ? 1 : n, null, n, k);
      Right right = new RightMatrix(a, ao, g.transposeA() ? m : k, !g.transposeA());
      new Product(left, null, right, m, Target.matrix(transposed, 0, m)).run(workers, memory);
      transpose(m, n, transposed, alpha, beta, c.array(), co);
      memory.give(transposed);
      return;
    }
    Left left = Left.matrix(a, ao, g.transposeA(), m, k);
    Right right = new RightMatrix(b, bo, g.transposeB() ? k : n, g.transposeB());
    Target target = Target.matrix(c.array(), co, n).scaled(alpha, beta);
    new Product(left, null, right, n, target).run(workers, memory);
  }

  private static void transpose(
      int m, int n, float[] transposed, float alpha, float beta, float[] c, int co) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float v = alpha * transposed[j * m + i];
        c[co] = beta == 0 ? v : v + beta * c[co];
        co++;
      }
    }
  }

  /**
   * Whether {@code C^T = B^T A^T} fills the tiles better: they are wide and low, so a few odd rows
   * cost less than a few odd columns. Writing C transposed costs something of its own.
   */
  private static boolean swaps(int m, int n, int k) {
    if (k < 4 * Tiles.WIDTH || m < Tiles.WIDTH) {
      return false;
    }
    long straight = (long) Tiles.padded(m) * wide(n);
    long swapped = (long) Tiles.padded(n) * wide(m);
    return straight > swapped + swapped / 8;
  }

  private static int wide(int n) {
    return (n + Tiles.WIDTH - 1) / Tiles.WIDTH * Tiles.WIDTH;
  }
}
