package dev.graft.core.backend;

/**
 * The sizes of a batch of matrix products {@code C = alpha op(A) op(B) + beta C}, where {@code
 * op(A)} is {@code [m, k]}, {@code op(B)} is {@code [k, n]} and {@code C} is {@code [m, n]}, all
 * dense and row-major. A transposed operand is stored as {@code [k, m]} or {@code [n, k]}.
 *
 * @param batch number of products
 * @param strideA elements from one A to the next; 0 shares one A
 * @param strideB elements from one B to the next; 0 shares one B
 * @param strideC elements from one C to the next
 */
public record GemmGeometry(
    int batch,
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    int strideA,
    int strideB,
    int strideC) {

  /** A single product. */
  public static GemmGeometry of(boolean transposeA, boolean transposeB, int m, int n, int k) {
    return new GemmGeometry(1, transposeA, transposeB, m, n, k, 0, 0, 0);
  }
}
