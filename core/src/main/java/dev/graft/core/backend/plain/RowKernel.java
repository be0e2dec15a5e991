package dev.graft.core.backend.plain;

/**
 * The innermost loops of a matrix product. Which form is fastest depends on the compiler: C2 of JDK
 * 17 unrolls a loop only up to a budget of nodes, and does not vectorise what it does not unroll.
 * Three rows of C by four of B exceed that budget (14 GFLOP/s instead of 50), and two by four do so
 * once they are inlined into the loop over k; four by two do not. JDK 25 takes all of them, and
 * three by four need the fewest loads and stores for a multiply-add. All give the same bits.
 */
enum RowKernel {
  /** Four rows of C by two of B. */
  FOUR_BY_TWO {
    @Override
    void add(float[][] c, int i, int rows, float[][] b, int count, float[][] a, int n) {
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        int row = i + r;
        int p = 0;
        for (; p + 2 <= count; p += 2) {
          fourByTwo(
              c[row],
              c[row + 1],
              c[row + 2],
              c[row + 3],
              b[p],
              b[p + 1],
              a[r][p],
              a[r][p + 1],
              a[r + 1][p],
              a[r + 1][p + 1],
              a[r + 2][p],
              a[r + 2][p + 1],
              a[r + 3][p],
              a[r + 3][p + 1],
              n);
        }
        if (p < count) {
          for (int each = r; each < r + 4; each++) {
            Rows.add(c[i + each], b[p], a[each][p], n);
          }
        }
      }
      addRows(c, i, r, rows, b, count, a, n);
    }
  },

  /** Three rows of C by four of B. */
  THREE_BY_FOUR {
    @Override
    void add(float[][] c, int i, int rows, float[][] b, int count, float[][] a, int n) {
      int r = 0;
      for (; r + 3 <= rows; r += 3) {
        int row = i + r;
        int p = 0;
        for (; p + 4 <= count; p += 4) {
          threeByFour(
              c[row],
              c[row + 1],
              c[row + 2],
              b[p],
              b[p + 1],
              b[p + 2],
              b[p + 3],
              a[r],
              a[r + 1],
              a[r + 2],
              p,
              n);
        }
        for (; p < count; p++) {
          for (int each = r; each < r + 3; each++) {
            Rows.add(c[i + each], b[p], a[each][p], n);
          }
        }
      }
      addRows(c, i, r, rows, b, count, a, n);
    }
  };

  /** The one for this JVM. */
  static final RowKernel FASTEST = Runtime.version().feature() >= 25 ? THREE_BY_FOUR : FOUR_BY_TWO;

  /**
   * {@code c[i + r] += Σ_p a[r][p] b[p]} over the columns {@code 0 … n-1}, for the rows {@code 0 …
   * rows-1} and p from 0 to {@code count-1} in this order.
   */
  abstract void add(float[][] c, int i, int rows, float[][] b, int count, float[][] a, int n);

  /** The rows {@code from … rows-1}, one at a time. */
  private static void addRows(
      float[][] c, int i, int from, int rows, float[][] b, int count, float[][] a, int n) {
    for (int r = from; r < rows; r++) {
      float[] left = a[r];
      int p = 0;
      for (; p + 4 <= count; p += 4) {
        Rows.addFour(
            c[i + r],
            b[p],
            b[p + 1],
            b[p + 2],
            b[p + 3],
            left[p],
            left[p + 1],
            left[p + 2],
            left[p + 3],
            n);
      }
      for (; p < count; p++) {
        Rows.add(c[i + r], b[p], left[p], n);
      }
    }
  }

  private static void fourByTwo(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      float[] b0,
      float[] b1,
      float a00,
      float a01,
      float a10,
      float a11,
      float a20,
      float a21,
      float a30,
      float a31,
      int n) {
    for (int j = 0; j < n; j++) {
      float x = b0[j];
      float y = b1[j];
      c0[j] = Math.fma(a01, y, Math.fma(a00, x, c0[j]));
      c1[j] = Math.fma(a11, y, Math.fma(a10, x, c1[j]));
      c2[j] = Math.fma(a21, y, Math.fma(a20, x, c2[j]));
      c3[j] = Math.fma(a31, y, Math.fma(a30, x, c3[j]));
    }
  }

  private static void threeByFour(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] a0,
      float[] a1,
      float[] a2,
      int p,
      int n) {
    float a00 = a0[p];
    float a01 = a0[p + 1];
    float a02 = a0[p + 2];
    float a03 = a0[p + 3];
    float a10 = a1[p];
    float a11 = a1[p + 1];
    float a12 = a1[p + 2];
    float a13 = a1[p + 3];
    float a20 = a2[p];
    float a21 = a2[p + 1];
    float a22 = a2[p + 2];
    float a23 = a2[p + 3];
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
      c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
      c2[j] = Math.fma(a23, x3, Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, c2[j]))));
    }
  }
}
