package dev.graft.core.transfer.assess;

import dev.graft.core.backend.Rng;

/**
 * The orthonormal directions in which vectors are longest on the whole, the leading eigenvectors of
 * {@code Σ f f^T}: by orthogonal iteration, which repeats to the bit.
 */
final class LeadingDirections {

  private static final int ROUNDS = 20;

  private LeadingDirections() {}

  /**
   * @param vectors {@code [N][D]}
   * @param count at most D
   * @return {@code [count][D]}
   */
  static double[][] of(double[][] vectors, int count, long seed) {
    int size = vectors[0].length;
    double[][] directions = new double[count][size];
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < size; i++) {
        directions[k][i] = Rng.uniformDouble(Rng.key(seed, k), i) - 0.5;
      }
    }
    orthonormalize(directions);
    for (int round = 0; round < ROUNDS; round++) {
      directions = multiplied(vectors, directions);
      orthonormalize(directions);
    }
    return directions;
  }

  /** Each direction times {@code Σ f f^T}. */
  private static double[][] multiplied(double[][] vectors, double[][] directions) {
    double[][] products = new double[directions.length][directions[0].length];
    for (double[] vector : vectors) {
      for (int k = 0; k < directions.length; k++) {
        double along = dot(vector, directions[k]);
        for (int i = 0; i < vector.length; i++) {
          products[k][i] += along * vector[i];
        }
      }
    }
    return products;
  }

  /** Gram and Schmidt, in place; what depends on those before becomes 0. */
  private static void orthonormalize(double[][] rows) {
    for (int k = 0; k < rows.length; k++) {
      double before = Math.sqrt(dot(rows[k], rows[k]));
      for (int j = 0; j < k; j++) {
        double along = dot(rows[k], rows[j]);
        for (int i = 0; i < rows[k].length; i++) {
          rows[k][i] -= along * rows[j][i];
        }
      }
      double norm = Math.sqrt(dot(rows[k], rows[k]));
      double scale = norm > 1e-10 * before && norm > 0 ? 1 / norm : 0;
      for (int i = 0; i < rows[k].length; i++) {
        rows[k][i] *= scale;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
