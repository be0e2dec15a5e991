package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * What is measured of predictions beside the loss. It is computed from sums over the examples: they
 * can be added up batch by batch, written down in the middle of a pass, and added to those of other
 * machines.
 */
public interface Metric {

  /** Its name in one word, such as {@code accuracy}: a report holds it as {@code valAccuracy}. */
  String name();

  /** Number of sums it is computed from. */
  int sums();

  /**
   * Adds a batch to the sums.
   *
   * @param prediction what the network said, {@code [N, …]}, in host memory
   * @param target what it should have said, {@code [N, …]}, in host memory
   * @param sums of the batches so far, zeros at first
   */
  void add(Tensor prediction, Tensor target, double[] sums);

  /** The value for these sums; NaN where they hold no example. */
  double value(double[] sums);

  /** The value as people read it. */
  default String text(double value) {
    return Texts.number(value);
  }
}
