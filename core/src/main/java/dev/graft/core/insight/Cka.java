package dev.graft.core.insight;

/**
 * How alike two layers see the same examples: linear centred kernel alignment (Kornblith, Norouzi,
 * Lee, Hinton, ICML 2019, equation 4 with linear kernels), {@code |Y^T X|² / (|X^T X| |Y^T Y|)} of
 * centred X and Y in Frobenius norms. 1 for layers that are equal up to a rotation and a scale; it
 * does not depend on their numbers of units. Computed from the products of examples, {@code X X^T},
 * so that a layer may have any number of units.
 */
public final class Cka {

  /** The centred products of examples of one layer, {@code [N][N]}. */
  private final double[][] gram;

  private final double norm;

  private Cka(double[][] gram) {
    this.gram = gram;
    this.norm = Math.sqrt(inner(gram, gram));
  }

  /**
   * Looks at a layer.
   *
   * @param rows what it computes of each example, {@code [N][…]}, all of the same length
   */
  public static Cka of(float[][] rows) {
    int n = rows.length;
    double[][] gram = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < rows[i].length; k++) {
          sum += (double) rows[i][k] * rows[j][k];
        }
        gram[i][j] = sum;
        gram[j][i] = sum;
      }
    }
    // To centre the rows is to centre their products.
    double[] means = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        means[i] += gram[i][j] / n;
      }
      mean += means[i] / n;
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        gram[i][j] += mean - means[i] - means[j];
      }
    }
    return new Cka(gram);
  }

  /**
   * The likeness to another layer.
   *
   * @param other of the same examples
   * @return in [0, 1]; NaN where one of them answers the same to all examples
   * @throws IllegalArgumentException if it saw another number of examples
   */
  public double with(Cka other) {
    if (other.gram.length != gram.length) {
      throw new IllegalArgumentException(
          "expected the same examples, found " + gram.length + " and " + other.gram.length);
    }
    return inner(gram, other.gram) / (norm * other.norm);
  }

  private static double inner(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        sum += a[i][j] * b[i][j];
      }
    }
    return sum;
  }
}
