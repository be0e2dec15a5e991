package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The share of labelled examples whose largest logit is their class: {@code [N,K]} beside {@code
 * [N]}. Of masks ({@code [N,K,H,W]} beside {@code [N,H,W]}) it is the share of labelled pixels.
 */
public record Accuracy() implements Metric {

  /** The name. */
  public static final String NAME = "accuracy";

  @Override
  public String name() {
    return NAME;
  }

  /** Labelled places, and those that are right. */
  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    new Classes(prediction, target)
        .forEachLabelled(
            (predicted, wanted) -> {
              sums[0]++;
              sums[1] += predicted == wanted ? 1 : 0;
            });
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
