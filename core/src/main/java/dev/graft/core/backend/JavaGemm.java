package dev.graft.core.backend;

import java.util.Arrays;

/**
 * The one matrix product everything heavy of {@link JavaBackend} goes through: {@code C [m,n] = A
 * [m,k] B [k,n]}, where A, B and C are only known through how a block of them is read or written. A
 * convolution is this product with a B that is gathered from an image as it is packed.
 *
 * <p>Why it looks as it does: C2 turns a loop over <em>separate</em> row arrays into full-width FMA
 * vectors, and does not do so for one flat array with offsets (a factor of 8). So a panel of B is
 * packed into row arrays that stay in the L2 cache, and each pass adds four rows of B, scaled, to
 * two rows of C that stay in L1:
 *
 * <pre>
 *            panel of B: DEPTH rows of up to WIDTH
 *            +--------------------------+
 *    A       | b0 b0 b0 b0 …            |   c0 += a00 b0 + a01 b1 + a02 b2 + a03 b3
 *  a00…a03   | b1 b1 …                  |   c1 += a10 b0 + a11 b1 + a12 b2 + a13 b3
 *  a10…a13   | b2 …                     |
 *            | b3 …                     |   six loads and two stores for eight FMAs
 *            +--------------------------+
 * </pre>
 *
 * <p>Every element of C sums over k in ascending order with one FMA each, in the vector loop and in
 * all tails, so results do not depend on blocking, threads or the JIT.
 */
final class JavaGemm {

  /** Columns of a panel: two rows of C and four of B of this width fit into half of L1. */
  static final int WIDTH = 512;

  /** Rows of a panel: with WIDTH columns it fills well under half of a 2 MB L2 cache. */
  static final int DEPTH = 256;

  private JavaGemm() {}

  /** Reads A: {@code target[0…count) = A[row, k…k+count)}. */
  interface Left {
    void read(int row, int k, int count, float[] target);
  }

  /** Reads B: {@code rows[i][0…width) = B[k + i, column…column+width)} for i below depth. */
  interface Right {
    void pack(int k, int depth, int column, int width, float[][] rows);
  }

  /** Holds C. */
  interface Result {
    /** {@code target[0…width) =} what the sums of {@code C[row, column…]} start from. */
    void begin(int row, int column, int width, float[] target);

    /** Reads back partial sums that {@link #write} has left. */
    void read(int row, int column, int width, float[] target);

    void write(int row, int column, int width, float[] source);
  }

  /** Reused memory of one thread. */
  private static final class Scratch {
    final float[][] panel = new float[DEPTH][WIDTH];
    final float[] left0 = new float[DEPTH];
    final float[] left1 = new float[DEPTH];
    final float[] sum0 = new float[WIDTH];
    final float[] sum1 = new float[WIDTH];
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** The whole product, its blocks shared between the workers. */
  static void multiply(Workers workers, int m, int n, int k, Left a, Right b, Result c) {
    if (m == 0 || n == 0) {
      return;
    }
    // The cut depends on the shape alone. Blocks of columns come first: each packs its own panel.
    // Where these are few, rows are cut too, as long as packing stays a small part of the work.
    int width = width(n);
    int columnBlocks = (n + width - 1) / width;
    int rowBlocks = columnBlocks >= 4 ? 1 : Math.max(1, Math.min(4, m / 32));
    int height = (m + rowBlocks - 1) / rowBlocks;
    int blockRows = height + (height & 1);
    int blocks = (m + blockRows - 1) / blockRows;
    workers.forEach(
        columnBlocks * blocks,
        block -> {
          int column = block / blocks * width;
          int row = block % blocks * blockRows;
          int end = Math.min(m, row + blockRows);
          block(row, end, column, Math.min(width, n - column), k, a, b, c);
        });
  }

  /** Balanced blocks: 600 columns are cut into 300 + 300 rather than 512 + 88. */
  private static int width(int n) {
    int blocks = (n + WIDTH - 1) / WIDTH;
    if (blocks == 1 && n >= 256) {
      blocks = 2;
    }
    int width = (n + blocks - 1) / blocks;
    return Math.min(WIDTH, (width + 15) / 16 * 16);
  }

  /** A part of the product on the calling thread. */
  static void block(
      int fromRow, int toRow, int column, int width, int k, Left a, Right b, Result c) {
    Scratch s = SCRATCH.get();
    if (k == 0) {
      for (int row = fromRow; row < toRow; row++) {
        c.begin(row, column, width, s.sum0);
        c.write(row, column, width, s.sum0);
      }
    }
    for (int start = 0; start < k; start += DEPTH) {
      int depth = Math.min(DEPTH, k - start);
      b.pack(start, depth, column, width, s.panel);
      for (int row = fromRow; row < toRow; row += 2) {
        boolean pair = row + 1 < toRow;
        a.read(row, start, depth, s.left0);
        if (pair) {
          a.read(row + 1, start, depth, s.left1);
        }
        if (start == 0) {
          c.begin(row, column, width, s.sum0);
        } else {
          c.read(row, column, width, s.sum0);
        }
        if (pair) {
          if (start == 0) {
            c.begin(row + 1, column, width, s.sum1);
          } else {
            c.read(row + 1, column, width, s.sum1);
          }
          twoRows(depth, width, s);
          c.write(row + 1, column, width, s.sum1);
        } else {
          oneRow(depth, width, s);
        }
        c.write(row, column, width, s.sum0);
      }
    }
  }

  private static void twoRows(int depth, int width, Scratch s) {
    float[] l0 = s.left0;
    float[] l1 = s.left1;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      addFour(
          width,
          s.panel[k],
          s.panel[k + 1],
          s.panel[k + 2],
          s.panel[k + 3],
          l0[k],
          l0[k + 1],
          l0[k + 2],
          l0[k + 3],
          s.sum0,
          l1[k],
          l1[k + 1],
          l1[k + 2],
          l1[k + 3],
          s.sum1);
    }
    for (; k < depth; k++) {
      addOne(width, s.panel[k], l0[k], s.sum0);
      addOne(width, s.panel[k], l1[k], s.sum1);
    }
  }

  private static void oneRow(int depth, int width, Scratch s) {
    float[] l0 = s.left0;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      addFour(
          width,
          s.panel[k],
          s.panel[k + 1],
          s.panel[k + 2],
          s.panel[k + 3],
          l0[k],
          l0[k + 1],
          l0[k + 2],
          l0[k + 3],
          s.sum0);
    }
    for (; k < depth; k++) {
      addOne(width, s.panel[k], l0[k], s.sum0);
    }
  }

  private static void addFour(
      int n,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float a00,
      float a01,
      float a02,
      float a03,
      float[] c0,
      float a10,
      float a11,
      float a12,
      float a13,
      float[] c1) {
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
      c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
    }
  }

  private static void addFour(
      int n,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] =
          Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], c[j]))));
    }
  }

  private static void addOne(int n, float[] b, float a, float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(a, b[j], c[j]);
    }
  }

  // ---- dense operands --------------------------------------------------------------------------

  /** Rows of a matrix in an array, times alpha. */
  static Left left(HostBuffer a, int offset, int leading, boolean transposed, float alpha) {
    float[] array = a.array();
    int base = a.offset() + offset;
    return (row, k, count, target) -> {
      if (transposed) {
        int from = base + k * leading + row;
        for (int i = 0; i < count; i++) {
          target[i] = array[from + i * leading];
        }
      } else {
        System.arraycopy(array, base + row * leading + k, target, 0, count);
      }
      if (alpha != 1) {
        for (int i = 0; i < count; i++) {
          target[i] *= alpha;
        }
      }
    };
  }

  /** A matrix in an array. */
  static Right right(HostBuffer b, int offset, int leading, boolean transposed) {
    float[] array = b.array();
    int base = b.offset() + offset;
    return (k, depth, column, width, rows) -> {
      if (transposed) {
        transpose(array, base + column * leading + k, leading, depth, width, rows);
      } else {
        for (int i = 0; i < depth; i++) {
          System.arraycopy(array, base + (k + i) * leading + column, rows[i], 0, width);
        }
      }
    };
  }

  /** {@code rows[i][j] = array[from + j leading + i]}, in squares that stay in L1. */
  private static void transpose(
      float[] array, int from, int leading, int depth, int width, float[][] rows) {
    for (int first = 0; first < width; first += 16) {
      int last = Math.min(width, first + 16);
      for (int i = 0; i < depth; i++) {
        float[] row = rows[i];
        for (int j = first; j < last; j++) {
          row[j] = array[from + j * leading + i];
        }
      }
    }
  }

  /** A matrix in an array that starts from {@code beta} times its contents. */
  static Result result(HostBuffer c, int offset, int leading, float beta) {
    float[] array = c.array();
    int base = c.offset() + offset;
    return new Result() {
      @Override
      public void begin(int row, int column, int width, float[] target) {
        if (beta == 0) {
          Arrays.fill(target, 0, width, 0);
          return;
        }
        read(row, column, width, target);
        if (beta != 1) {
          for (int j = 0; j < width; j++) {
            target[j] *= beta;
          }
        }
      }

      @Override
      public void read(int row, int column, int width, float[] target) {
        System.arraycopy(array, base + row * leading + column, target, 0, width);
      }

      @Override
      public void write(int row, int column, int width, float[] source) {
        System.arraycopy(source, 0, array, base + row * leading + column, width);
      }
    };
  }

  /** {@link Backend#gemm}. */
  static void gemm(
      Workers workers,
      GemmGeometry g,
      float alpha,
      HostBuffer a,
      HostBuffer b,
      float beta,
      HostBuffer c) {
    for (int item = 0; item < g.batch(); item++) {
      Left left =
          left(a, item * g.strideA(), g.transposeA() ? g.m() : g.k(), g.transposeA(), alpha);
      Right right = right(b, item * g.strideB(), g.transposeB() ? g.k() : g.n(), g.transposeB());
      Result result = result(c, item * g.strideC(), g.n(), beta);
      multiply(workers, g.m(), g.n(), g.k(), left, right, result);
    }
  }
}
