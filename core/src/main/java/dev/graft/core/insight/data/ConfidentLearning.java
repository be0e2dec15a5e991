package dev.graft.core.insight.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which labels are likely wrong, by what was said of each example without learning from it
 * (Northcutt, Jiang, Chuang, "Confident Learning", JAIR 2021, arXiv 1911.00068): a class counts as
 * said with confidence where its probability is at least the mean that its own examples get, {@code
 * t_j = mean of p_j over label j} (equation 2); an example whose most probable class among those is
 * not its label lies off the diagonal of the confident joint (equation 1), and is a suspect. The
 * most doubtful come first: by the margin {@code p_label - max of the others}.
 */
final class ConfidentLearning {

  /** A label that is likely wrong, of the example with that number. */
  record Doubt(int example, int label, int suggested, double confidence, double margin) {}

  private ConfidentLearning() {}

  /**
   * @param probabilities {@code [N][C]}, held out
   * @param labels of each example
   */
  static List<Doubt> doubts(double[][] probabilities, int[] labels) {
    double[] thresholds = thresholds(probabilities, labels);
    List<Doubt> doubts = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      double[] p = probabilities[i];
      int said = -1;
      double others = 0;
      for (int k = 0; k < p.length; k++) {
        boolean isConfident = p[k] >= thresholds[k];
        said = isConfident && (said < 0 || p[k] > p[said]) ? k : said;
        others = k == labels[i] ? others : Math.max(others, p[k]);
      }
      double margin = p[labels[i]] - others;
      // With few classes a threshold can lie below a half.
      if (said >= 0 && said != labels[i] && margin < 0) {
        doubts.add(new Doubt(i, labels[i], said, p[said], margin));
      }
    }
    doubts.sort(Comparator.comparingDouble(Doubt::margin));
    return doubts;
  }

  /** The mean probability of each class over its own examples; infinite for one without. */
  private static double[] thresholds(double[][] probabilities, int[] labels) {
    double[] sums = new double[probabilities.length == 0 ? 0 : probabilities[0].length];
    int[] counts = new int[sums.length];
    for (int i = 0; i < labels.length; i++) {
      sums[labels[i]] += probabilities[i][labels[i]];
      counts[labels[i]]++;
    }
    for (int k = 0; k < sums.length; k++) {
      sums[k] = counts[k] == 0 ? Double.POSITIVE_INFINITY : sums[k] / counts[k];
    }
    return sums;
  }
}
