package dev.graft.tests.backend;

/**
 * How far float arithmetic may stray from exact arithmetic: {@code γ_n = n u / (1 - n u)} with the
 * unit roundoff {@code u = 2^-24} (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd
 * edition, section 3.1).
 *
 * <p>A result that went through n roundings, one after the other, is off by at most {@code γ_n}
 * times its size; a sum of n products {@code Σ a b}, in any order and with or without fused
 * multiply-adds, by at most {@code γ_n Σ |a| |b|} (there, equation 3.5). These are bounds, not
 * estimates: no choice of random operands breaks them. The least they let through is an element
 * that is missing from a sum, which is worth about {@code Σ |a| |b| / n}: 100 times more for n =
 * 400.
 */
final class Rounding {

  private static final double UNIT = 0x1p-24;

  private Rounding() {}

  /** {@code γ_n}. */
  static double gamma(double roundings) {
    return roundings * UNIT / (1 - roundings * UNIT);
  }

  /**
   * Roundings that one term of a blocked sum of n terms goes through: n are added in blocks of b,
   * then n/b blocks, which is least, {@code 2 sqrt(n)}, for {@code b = sqrt(n)}. Blocks of fixed
   * size are a little worse; the constant is a block of 256 and its neighbours.
   */
  static double blocked(int n) {
    return Math.min(n, 2 * Math.sqrt(n) + 272);
  }
}
