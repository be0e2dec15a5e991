package dev.graft.core.insight.unit;

/**
 * How much a layer's units are of one class or another: the share of a unit's variance over
 * pictures that lies between the classes, {@code η² = Σ_k n_k (m_k - m)² / Σ_i (a_i - m)²}
 * (Fisher's correlation ratio), a mean over the units.
 *
 * @param mean of η² over the units, in [0, 1]
 * @param chance what units that know nothing of the classes have on average, {@code (K - 1) / (N -
 *     1)}
 * @param units how many of them answer differently to different pictures
 */
public record ClassSpecificity(double mean, double chance, int units) {

  /**
   * Of the units of a layer.
   *
   * @param activations {@code [N][C]}: what each unit answers to each picture
   * @param labels the class of each picture, from 0
   * @param classes how many there are
   */
  public static ClassSpecificity of(float[][] activations, int[] labels, int classes) {
    double[] each = perUnit(activations, labels, classes);
    double sum = 0;
    int units = 0;
    for (double one : each) {
      if (!Double.isNaN(one)) {
        sum += one;
        units++;
      }
    }
    double chance = (classes - 1.0) / Math.max(1, labels.length - 1);
    return new ClassSpecificity(units == 0 ? 0 : sum / units, Math.min(1, chance), units);
  }

  /** η² of each unit; NaN of one that answers the same to all pictures. */
  static double[] perUnit(float[][] activations, int[] labels, int classes) {
    int units = activations[0].length;
    double[] each = new double[units];
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    for (int u = 0; u < units; u++) {
      double mean = 0;
      double[] sums = new double[classes];
      for (int i = 0; i < labels.length; i++) {
        mean += activations[i][u] / (double) labels.length;
        sums[labels[i]] += activations[i][u];
      }
      double all = 0;
      for (float[] row : activations) {
        all += (row[u] - mean) * (row[u] - mean);
      }
      double between = 0;
      for (int k = 0; k < classes; k++) {
        double distance = counts[k] == 0 ? 0 : sums[k] / counts[k] - mean;
        between += counts[k] * distance * distance;
      }
      each[u] = all > 1e-12 * labels.length ? Math.min(1, between / all) : Double.NaN;
    }
    return each;
  }
}
