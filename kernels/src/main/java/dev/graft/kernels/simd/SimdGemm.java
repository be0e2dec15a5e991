package dev.graft.kernels.simd;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.product.Left;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.Right;
import dev.graft.kernels.simd.product.RightMatrix;
import dev.graft.kernels.simd.product.RowTimesMatrix;
import dev.graft.kernels.simd.product.RowsTimesRows;
import dev.graft.kernels.simd.product.TallProduct;
import dev.graft.kernels.simd.product.Target;
import dev.graft.kernels.simd.work.ScratchArrays;

/** Matrix products: which form of the kernel suits which shape. */
final class SimdGemm {

  /** Products of that few rows are bound by reading B: packing it would read it twice. */
  private static final int FEW = 4;

  private SimdGemm() {}

  /** {@code C = alpha op(A) op(B) + beta C} for a product that is not empty. */
  static void run(
      Workers workers,
      ScratchArrays scratch,
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
      one(workers, scratch, g, (float) alpha, a.array(), ao, b.array(), bo, (float) beta, c, co);
    }
  }

  private static void one(
      Workers workers,
      ScratchArrays scratch,
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
      RowsTimesRows.run(workers, scratch, m, n, k, a, ao, b, bo, alpha, beta, c.array(), co);
      return;
    }
    if (m == 1 && alpha == 1 && beta == 0) {
      RowTimesMatrix.run(workers, n, k, a, ao, b, bo, c.array(), co);
      return;
    }
    Right right = new RightMatrix(b, bo, g.transposeB() ? k : n, g.transposeB());
    Target target = Target.matrix(n).over(c.array(), co).scaled(alpha, beta);
    if (!g.transposeA() && TallProduct.suits(n, k)) {
      new TallProduct(a, ao, m, n, k, right, target).run(workers, scratch);
    } else {
      Left left = Left.matrix(g.transposeA(), m, k).over(a, ao);
      new Product(left, right, target, scratch).run(workers, n, null, 0);
    }
  }
}
