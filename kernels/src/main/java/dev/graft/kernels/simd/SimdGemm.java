package dev.graft.kernels.simd;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.product.LeftOperand;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.product.RightMatrix;
import dev.graft.kernels.simd.product.RightOperand;
import dev.graft.kernels.simd.product.RowTimesMatrix;
import dev.graft.kernels.simd.product.RowsTimesRows;
import dev.graft.kernels.simd.product.TallProduct;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;

/** Matrix products: which form of the kernel suits which shape. */
final class SimdGemm {

  /** Products of that few rows are bound by reading B: packing it would read it twice. */
  private static final int FEW = 4;

  /** Multiply-adds that are worth a thread. */
  private static final long CHUNK = 1 << 19;

  /** Multiply-adds of a product that all threads share at little loss. */
  private static final long LARGE = 1 << 24;

  /** Chunks that keep any usual number of threads busy. */
  private static final int ENOUGH = 8;

  private static final Workers INLINE = new Workers(1);

  private SimdGemm() {}

  /**
   * {@code C = alpha op(A) op(B) + beta C} for products that are not empty. Many small ones are
   * shared out among the threads as wholes: cut up one by one, each would wait for its slowest
   * part. An element is the same sum either way.
   */
  static void run(
      Workers workers,
      ScratchArrays scratch,
      GemmGeometry g,
      double alpha,
      HostBuffer a,
      HostBuffer b,
      double beta,
      HostBuffer c) {
    int each = perChunk(g);
    if (each == 0) {
      items(workers, scratch, g, 0, g.batch(), (float) alpha, a, b, (float) beta, c);
      return;
    }
    workers.forEach(
        Spans.ceil(g.batch(), each),
        chunk -> {
          int first = chunk * each;
          int end = Math.min(g.batch(), first + each);
          items(INLINE, scratch, g, first, end, (float) alpha, a, b, (float) beta, c);
        });
  }

  /** Products that one thread takes together; 0 where all threads share each product. */
  private static int perChunk(GemmGeometry g) {
    long work = (long) g.m() * g.n() * g.k();
    int each = (int) Math.max(1, CHUNK / work);
    boolean few = Spans.ceil(g.batch(), each) < ENOUGH;
    return g.batch() == 1 || work > LARGE || (few && work > CHUNK) ? 0 : each;
  }

  private static void items(
      Workers workers,
      ScratchArrays scratch,
      GemmGeometry g,
      int first,
      int end,
      float alpha,
      HostBuffer a,
      HostBuffer b,
      float beta,
      HostBuffer c) {
    for (int item = first; item < end; item++) {
      int ao = a.offset() + item * g.strideA();
      int bo = b.offset() + item * g.strideB();
      int co = c.offset() + item * g.strideC();
      one(workers, scratch, g, alpha, a.array(), ao, b.array(), bo, beta, c, co);
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
    RightOperand right = RightMatrix.of(g, b, bo);
    ResultWriter target = ResultWriter.matrix(n).over(c.array(), co).scaled(alpha, beta);
    tiles(workers, scratch, g, a, ao, right, target);
  }

  /** A product in tiles of registers. */
  static void tiles(
      Workers workers,
      ScratchArrays scratch,
      GemmGeometry g,
      float[] a,
      int ao,
      RightOperand right,
      ResultWriter target) {
    if (!g.transposeA() && TallProduct.suits(g.n(), g.k())) {
      new TallProduct(a, ao, g.m(), g.n(), g.k(), right, target).run(workers, scratch);
    } else {
      LeftOperand left = LeftOperand.matrix(g.transposeA(), g.m(), g.k()).over(a, ao);
      new Product(left, right, target, scratch).run(workers, g.n(), null, 0);
    }
  }

  /** Whether nothing would be packed, because so few rows or columns are bound by reading B. */
  static boolean isThin(GemmGeometry g) {
    return g.m() <= FEW * FEW || (g.transposeB() && g.n() <= FEW * FEW);
  }
}
