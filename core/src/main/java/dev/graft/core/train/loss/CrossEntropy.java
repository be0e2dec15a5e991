package dev.graft.core.train.loss;

import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.metric.Accuracy;

/**
 * Softmax cross-entropy with the number of the class, see {@link SoftmaxCrossEntropy}: logits
 * {@code [N,K]} beside targets {@code [N]}, or {@code [N,K,H,W]} beside {@code [N,H,W]}, where -1
 * is unlabelled.
 *
 * @param smoothing label smoothing, in [0, 1)
 */
public record CrossEntropy(double smoothing) implements Loss {

  @Override
  public String behind(LossGraph network) {
    String output = network.output();
    String logits = network.logits(output);
    String target = network.target(TARGET, places(network.item(logits)));
    network.measure(new Accuracy(), output, target);
    return network.add(new SoftmaxCrossEntropy(smoothing), logits, target);
  }

  @Override
  public double chance(int outputs) {
    return Math.log(outputs);
  }

  /** An item of logits without the axis of the classes. */
  private static Shape places(Shape logits) {
    return logits.axes(1, logits.rank());
  }
}
