package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The mean F1 of the classes that occur or were predicted: {@code [N,K]} beside {@code [N]}.
 *
 * @param classes their number
 */
public record MacroF1(int classes) implements Metric {

  /** The name. */
  public static final String NAME = "macroF1";

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
    return new ClassCounts(classes).f1(sums);
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
