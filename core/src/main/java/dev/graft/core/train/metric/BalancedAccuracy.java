package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The mean recall of the classes that occur, so that a rare class counts as much as a frequent one:
 * {@code [N,K]} beside {@code [N]}.
 *
 * @param classes their number
 */
public record BalancedAccuracy(int classes) implements Metric {

  /** The name. */
  public static final String NAME = "balanced";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int sums() {
    return new ClassCounts(classes).sums();
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    new ClassCounts(classes).add(prediction, target, sums);
  }

  @Override
  public double value(double[] sums) {
    return new ClassCounts(classes).recall(sums);
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
