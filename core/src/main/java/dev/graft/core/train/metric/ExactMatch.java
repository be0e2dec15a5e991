package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The share of examples of which every label is right, where a label is said to apply if its logit
 * is above 0: {@code [N,K]} beside {@code [N,K]} of zeros and ones.
 */
public record ExactMatch() implements Metric {

  /** The name. */
  public static final String NAME = "exactMatch";

  @Override
  public String name() {
    return NAME;
  }

  /** Examples, and those that are right in all labels. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    float[] z = prediction.toArray();
    float[] wanted = target.toArray();
    int examples = prediction.shape().size(0);
    for (int i = 0; i < examples; i++) {
      int labels = z.length / examples;
      boolean right = true;
      for (int k = i * labels; k < (i + 1) * labels; k++) {
        right &= z[k] > 0 == wanted[k] > 0.5f;
      }
      sums[0]++;
      sums[1] += right ? 1 : 0;
    }
  }

  @Override
  public double value(double[] sums) {
    return sums[0] == 0 ? Double.NaN : sums[1] / sums[0];
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
