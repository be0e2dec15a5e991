package dev.graft.core.backend;

/**
 * The innermost loops: multiply-adds over rows in arrays of their own, in the few forms that C2
 * vectorises on JDK 17 as well as on 25. Larger tiles (3x4, 4x4, 1x8) exceed the node budget of the
 * loop unroller on 17 and fall to scalar speed, 14 GFLOP/s instead of 50; so does 2x4 once it is
 * inlined into the loop over k.
 */
final class Rows {

  private Rows() {}

  /** {@code c_i += a_i0 b0 + a_i1 b1} for four rows i. */
  static void add4x2(
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

  /** {@code c += a0 b0 + a1 b1 + a2 b2 + a3 b3}. */
  static void add1x4(
      float[] c,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float a0,
      float a1,
      float a2,
      float a3,
      int n) {
    for (int j = 0; j < n; j++) {
      c[j] =
          Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], c[j]))));
    }
  }

  /** {@code c += a b}. */
  static void add1x1(float[] c, float[] b, float a, int n) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(a, b[j], c[j]);
    }
  }

  /** {@code c += a b}, element by element. */
  static void addProduct(float[] c, float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(a[j], b[j], c[j]);
    }
  }
}
