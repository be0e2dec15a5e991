package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * {@code F1 = 2 TP / (2 TP + FP + FN)} over all labels of all examples together (the micro
 * average), where a label is said to apply if its logit is above 0: {@code [N,K]} beside {@code
 * [N,K]} of zeros and ones.
 */
public record F1() implements Metric {

  /** The name. */
  public static final String NAME = "f1";

  @Override
  public String name() {
    return NAME;
  }

  /** True positives, and false ones of both kinds. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    float[] z = prediction.toArray();
    float[] wanted = target.toArray();
    for (int i = 0; i < z.length; i++) {
      boolean said = z[i] > 0;
      boolean holds = wanted[i] > 0.5f;
      sums[0] += said && holds ? 1 : 0;
      sums[1] += said != holds ? 1 : 0;
    }
  }

  /** NaN where no label applies and none was said to. */
  @Override
  public double value(double[] sums) {
    double all = 2 * sums[0] + sums[1];
    return all == 0 ? Double.NaN : 2 * sums[0] / all;
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
