package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/** {@code 1/n Σ |prediction - target|} over all n numbers, in the target's unit. */
public record MeanAbsoluteError() implements Metric {

  /** The name. */
  public static final String NAME = "mae";

  @Override
  public String name() {
    return NAME;
  }

  /** The numbers' count, and the sum of their errors. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    float[] y = prediction.toArray();
    float[] wanted = target.toArray();
    for (int i = 0; i < y.length; i++) {
      sums[0]++;
      sums[1] += Math.abs((double) y[i] - wanted[i]);
    }
  }

  @Override
  public double value(double[] sums) {
    return sums[0] == 0 ? Double.NaN : sums[1] / sums[0];
  }
}
