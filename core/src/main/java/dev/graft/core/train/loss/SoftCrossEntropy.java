package dev.graft.core.train.loss;

import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.train.metric.Accuracy;

/**
 * Softmax cross-entropy with a distribution over the classes, as mixed pictures have it, see {@link
 * SoftmaxCrossEntropy}: logits {@code [N,K]} beside targets {@code [N,K]}, where a row of zeros is
 * unlabelled. Of a mixed picture the larger part counts for the accuracy.
 *
 * @param smoothing label smoothing, in [0, 1)
 */
public record SoftCrossEntropy(double smoothing) implements Loss {

  @Override
  public String behind(LossGraph network) {
    String output = network.output();
    String logits = network.logits(output);
    String target = network.target(TARGET, network.item(logits));
    network.measure(new Accuracy(), output, target);
    return network.add(new SoftmaxCrossEntropy(smoothing), logits, target);
  }

  @Override
  public double chance(int outputs) {
    return Math.log(outputs);
  }
}
