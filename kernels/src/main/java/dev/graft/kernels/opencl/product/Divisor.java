package dev.graft.kernels.opencl.product;

/**
 * A division by a constant as a multiplication and a shift: {@code n / divisor = (mulhi(n,
 * multiplier) + n) >> shift} for {@code 0 <= n < 2^31}, where {@code mulhi} gives the upper 32 of
 * 64 bits (Granlund and Montgomery, PLDI 1994, figure 4.1). Divisions are slow on GPUs, and index
 * arithmetic is full of them.
 */
public record Divisor(int multiplier, int shift) {

  /**
   * @param divisor at least 1
   */
  public static Divisor of(int divisor) {
    int shift = Integer.SIZE - Integer.numberOfLeadingZeros(divisor - 1);
    long multiplier = ((1L << Integer.SIZE) * ((1L << shift) - divisor)) / divisor + 1;
    return new Divisor((int) multiplier, shift);
  }

  /** {@code n / divisor}, as the kernels compute it. */
  int quotient(int n) {
    long high = (Integer.toUnsignedLong(multiplier) * n) >>> Integer.SIZE;
    return (int) ((high + n) >>> shift);
  }
}
