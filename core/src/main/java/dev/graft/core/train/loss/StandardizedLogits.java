package dev.graft.core.train.loss;

import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.reduction.ReduceMean;
import java.util.List;

/**
 * As {@link SoftTargets}, of logits that were standardised example by example, {@code (z - mean) /
 * deviation}: a small student need not reach the size of its teacher's logits, only their relations
 * (Sun, Ren, Li, Wang, Cao, "Logit Standardization in Knowledge Distillation", CVPR 2024). The
 * deviation is that of a sample, with K - 1.
 *
 * @param temperature T, above 0; 2 in the paper
 */
public record StandardizedLogits(double temperature) implements Likeness {

  /** Logits that are all alike stay finite. */
  private static final double LEAST_VARIANCE = 1e-14;

  @Override
  public String behind(LossGraph network, String student, String teacher) {
    return network.add(
        new Distillation(temperature), standard(network, student), standard(network, teacher));
  }

  private static String standard(LossGraph network, String logits) {
    ReduceMean mean = new ReduceMean(List.of(1), true);
    double classes = network.item(logits).size(0);
    String centred = network.add(new Sub(), logits, network.add(mean, logits));
    String squares = network.add(mean, network.add(new Mul(), centred, centred));
    String variance =
        network.add(new WeightedSum(List.of(classes / Math.max(1, classes - 1))), squares);
    String bounded = network.add(new Clip(LEAST_VARIANCE, Double.POSITIVE_INFINITY), variance);
    return network.add(new Div(), centred, network.add(new Sqrt(), bounded));
  }
}
