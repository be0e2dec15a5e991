package dev.graft.core.backend.plain;

/** Loops over rows in arrays of their own, which C2 vectorises on JDK 17 as well as on 25. */
final class Rows {

  private Rows() {}

  /** {@code c += a b}. */
  static void add(float[] c, float[] b, float a, int n) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(a, b[j], c[j]);
    }
  }

  /** {@code c += a0 b0 + a1 b1 + a2 b2 + a3 b3}. */
  static void addFour(
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

  /** {@code c += a b}, element by element. */
  static void addProduct(float[] c, float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(a[j], b[j], c[j]);
    }
  }

  /** {@code c += Σ a_i b_i} over four pairs of rows, element by element. */
  static void addFourProducts(
      float[] c,
      float[] a0,
      float[] b0,
      float[] a1,
      float[] b1,
      float[] a2,
      float[] b2,
      float[] a3,
      float[] b3,
      int n) {
    for (int j = 0; j < n; j++) {
      c[j] =
          Math.fma(
              a3[j],
              b3[j],
              Math.fma(a2[j], b2[j], Math.fma(a1[j], b1[j], Math.fma(a0[j], b0[j], c[j]))));
    }
  }
}
