package dev.graft.core.train.loss;

import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.WeightedSum;
import java.util.List;

/**
 * {@code alpha T^2 KL(teacher || student at temperature T) + (1 - alpha) labels} (Hinton, Vinyals,
 * Dean, 2015).
 *
 * @param labels the loss of the labels, of an output that tells classes apart
 * @param temperature T, above 0
 * @param alpha weight of the teacher, in [0, 1]
 */
public record Distilled(Loss labels, double temperature, double alpha) implements Loss {

  /**
   * @throws IllegalArgumentException if alpha is not in [0, 1]
   */
  public Distilled {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1], found " + alpha);
    }
  }

  @Override
  public String behind(LossGraph network) {
    String hard = labels.behind(network);
    String logits = network.logits(network.output());
    String teacher = network.target(TEACHER, network.item(logits));
    String soft = network.add(new Distillation(temperature), logits, teacher);
    return network.add(new WeightedSum(List.of(alpha, 1 - alpha)), soft, hard);
  }
}
