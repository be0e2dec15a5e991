package dev.graft.core.insight;

/**
 * How far two scores agree on an order: Kendall's τ_b, which corrects for ties. 1 where they agree
 * on every pair, -1 on none, 0 for chance.
 */
public final class RankCorrelation {

  private RankCorrelation() {}

  /**
   * Of two scores of the same things.
   *
   * @return in [-1, 1]; NaN where one of them ties all
   */
  public static double kendall(double[] a, double[] b) {
    double sum = 0;
    double pairsA = 0;
    double pairsB = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = i + 1; j < a.length; j++) {
        double signA = Math.signum(a[i] - a[j]);
        double signB = Math.signum(b[i] - b[j]);
        sum += signA * signB;
        pairsA += signA * signA;
        pairsB += signB * signB;
      }
    }
    return sum / Math.sqrt(pairsA * pairsB);
  }
}
