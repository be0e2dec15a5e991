package dev.graft.core.train.loss;

import dev.graft.core.op.loss.SigmoidCrossEntropy;
import dev.graft.core.train.metric.ExactMatch;
import dev.graft.core.train.metric.F1;

/**
 * Cross-entropy of labels each of which applies or not, see {@link SigmoidCrossEntropy}: logits
 * {@code [N,K]} beside targets {@code [N,K]} of zeros and ones, or shares between.
 */
public record BinaryCrossEntropy() implements Loss {

  @Override
  public String behind(LossGraph network) {
    String logits = network.logitsOfEach(network.output());
    String target = network.target(TARGET, network.item(logits));
    network.measure(new F1(), logits, target);
    network.measure(new ExactMatch(), logits, target);
    return network.add(new SigmoidCrossEntropy(), logits, target);
  }

  @Override
  public double chance(int outputs) {
    return Math.log(2);
  }

  @Override
  public double curvature(int outputs) {
    return 0.25 / outputs;
  }
}
