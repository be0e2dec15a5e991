package dev.graft.core.backend.plain;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * General matrix products. B is packed into rows a tile at a time; A is read where it lies, since
 * eight of its elements serve a whole row.
 */
final class JavaGemm {

  /** Up to this many rows it does not pay to turn a transposed B into rows. */
  private static final int FEW_ROWS = 4;

  private JavaGemm() {}

  static void run(
      Workers workers,
      Scratch.Pool pool,
      GemmGeometry g,
      double alpha,
      HostBuffer a,
      HostBuffer b,
      double beta,
      HostBuffer c) {
    Matrix left = new Matrix(a, g.transposeA() ? 1 : g.k(), g.transposeA() ? g.m() : 1);
    Matrix right = new Matrix(b, g.transposeB() ? 1 : g.n(), g.transposeB() ? g.k() : 1);
    Matrix out = new Matrix(c, g.n(), 1);
    // A product with a vector is its own transpose, and the row kernels want long rows.
    Product p =
        g.n() == 1
            ? new Product(
                g.n(),
                g.m(),
                g.k(),
                right.transposed(),
                g.strideB(),
                left.transposed(),
                g.strideA(),
                out.transposed(),
                g.strideC(),
                (float) alpha,
                (float) beta)
            : new Product(
                g.m(),
                g.n(),
                g.k(),
                left,
                g.strideA(),
                right,
                g.strideB(),
                out,
                g.strideC(),
                (float) alpha,
                (float) beta);
    if (p.m <= FEW_ROWS && p.b.columnStride != 1 && p.b.rowStride == 1) {
      DotProducts.run(workers, p, g.batch());
    } else {
      RowProducts.run(workers, pool, g.batch(), p.m, p.n, p.k, image -> new MatrixRows(p, image));
    }
  }

  /** A strided view: element (i, j) lies at {@code offset + i rowStride + j columnStride}. */
  record Matrix(float[] array, int offset, int rowStride, int columnStride) {
    Matrix(HostBuffer buffer, int rowStride, int columnStride) {
      this(buffer.array(), buffer.offset(), rowStride, columnStride);
    }

    Matrix transposed() {
      return new Matrix(array, offset, columnStride, rowStride);
    }
  }

  /** {@code C = alpha A B + beta C} for a batch of matrices. */
  record Product(
      int m,
      int n,
      int k,
      Matrix a,
      int nextA,
      Matrix b,
      int nextB,
      Matrix c,
      int nextC,
      float alpha,
      float beta) {}

  private static final class MatrixRows extends RowProduct {
    private final Product p;
    private final int aOffset;
    private final int bOffset;
    private final int cOffset;

    MatrixRows(Product p, int image) {
      super(p.m, p.n, p.k, p.a.array, p.a.rowStride, p.alpha);
      this.p = p;
      aOffset = p.a.offset + image * p.nextA;
      bOffset = p.b.offset + image * p.nextB;
      cOffset = p.c.offset + image * p.nextC;
    }

    @Override
    void offsets(int from, int count, int[] offsets) {
      for (int j = 0; j < count; j++) {
        offsets[j] = aOffset + (from + j) * p.a.columnStride;
      }
    }

    @Override
    void pack(int from, int count, int column, int width, float[][] rows) {
      Matrix b = p.b;
      int corner = bOffset + from * b.rowStride + column * b.columnStride;
      if (b.columnStride == 1) {
        for (int j = 0; j < count; j++) {
          System.arraycopy(b.array, corner + j * b.rowStride, rows[j], 0, width);
        }
      } else {
        Transpose.intoRows(b.array, corner, b.rowStride, b.columnStride, count, width, rows, 0);
      }
    }

    @Override
    void start(int i, int column, int width, float[] sum) {
      if (p.beta == 0) {
        Arrays.fill(sum, 0, width, 0f);
        return;
      }
      int corner = cOffset + i * p.c.rowStride + column * p.c.columnStride;
      for (int j = 0; j < width; j++) {
        sum[j] = p.beta * p.c.array[corner + j * p.c.columnStride];
      }
    }

    @Override
    void finish(int i, int column, int width, float[] sum) {
      int corner = cOffset + i * p.c.rowStride + column * p.c.columnStride;
      if (p.c.columnStride == 1) {
        System.arraycopy(sum, 0, p.c.array, corner, width);
        return;
      }
      for (int j = 0; j < width; j++) {
        p.c.array[corner + j * p.c.columnStride] = sum[j];
      }
    }
  }
}
