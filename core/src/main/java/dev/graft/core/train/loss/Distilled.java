package dev.graft.core.train.loss;

import dev.graft.core.op.loss.WeightedSum;
import java.util.List;

/**
 * {@code alpha likeness + (1 - alpha) labels}: what the teacher says beside what is known.
 *
 * @param labels the loss of the labels, of an output that tells classes apart
 * @param likeness how far the student is from its teacher
 * @param alpha weight of the teacher, in [0, 1]
 */
public record Distilled(Loss labels, Likeness likeness, double alpha) implements Loss {

  /**
   * @throws IllegalArgumentException if alpha is not in [0, 1]
   */
  public Distilled {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1], found " + alpha);
    }
  }

  /** With {@link SoftTargets}. */
  public Distilled(Loss labels, double temperature, double alpha) {
    this(labels, new SoftTargets(temperature), alpha);
  }

  @Override
  public String behind(LossGraph network) {
    String hard = labels.behind(network);
    String logits = network.logits(network.output());
    String teacher = network.target(TEACHER, network.item(logits));
    String soft = likeness.behind(network, logits, teacher);
    return network.add(new WeightedSum(List.of(alpha, 1 - alpha)), soft, hard);
  }
}
