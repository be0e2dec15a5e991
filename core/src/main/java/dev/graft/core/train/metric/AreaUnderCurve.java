package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The area under the ROC curve: how often an example of a class gets a higher probability of it
 * than one of another class, averaged over the classes that occur (Hand and Till, Machine Learning
 * 2001, one class against the rest). Logits {@code [N,K]} beside {@code [N]}.
 *
 * <p>Log-odds are counted in {@value #BINS} bins an eighth wide; what meets in a bin counts as a
 * tie.
 *
 * @param classes their number
 */
public record AreaUnderCurve(int classes) implements Metric {

  /** The name. */
  public static final String NAME = "auc";

  private static final int BINS = 256;
  private static final double WIDTH = 1 / 8.0;

  @Override
  public String name() {
    return NAME;
  }

  /** For each class the bins of its examples, then those of all others. */
  @Override
  public int sums() {
    return 2 * BINS * classes;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    float[] z = prediction.toArray();
    float[] wanted = target.toArray();
    for (int i = 0; i < wanted.length; i++) {
      int label = (int) wanted[i];
      if (label >= 0) {
        for (int k = 0; k < classes; k++) {
          int bins = (2 * k + (k == label ? 0 : 1)) * BINS;
          sums[bins + bin(logOdds(z, i * classes, k))]++;
        }
      }
    }
  }

  /** {@code log p_k / (1 - p_k) = z_k - log Σ_{j≠k} exp z_j}. */
  private double logOdds(float[] z, int first, int k) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      largest = j == k ? largest : Math.max(largest, z[first + j]);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += j == k ? 0 : Math.exp(z[first + j] - largest);
    }
    return z[first + k] - largest - Math.log(sum);
  }

  private static int bin(double logOdds) {
    return (int) Math.max(0, Math.min(BINS - 1, Math.floor(logOdds / WIDTH) + BINS / 2));
  }

  @Override
  public double value(double[] sums) {
    double total = 0;
    int seen = 0;
    for (int k = 0; k < classes; k++) {
      double area = area(sums, 2 * k * BINS);
      if (!Double.isNaN(area)) {
        total += area;
        seen++;
      }
    }
    return seen == 0 ? Double.NaN : total / seen;
  }

  /** NaN where the class, or every other, does not occur. */
  private static double area(double[] sums, int first) {
    double below = 0;
    double pairs = 0;
    double own = 0;
    for (int b = 0; b < BINS; b++) {
      double here = sums[first + BINS + b];
      pairs += sums[first + b] * (below + here / 2);
      below += here;
      own += sums[first + b];
    }
    return own == 0 || below == 0 ? Double.NaN : pairs / (own * below);
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
