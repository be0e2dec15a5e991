package dev.graft.core.train.loss;

import dev.graft.core.op.loss.Distillation;

/**
 * {@code T^2 KL(teacher || student)} at temperature T (Hinton, Vinyals, Dean, "Distilling the
 * Knowledge in a Neural Network", 2015).
 *
 * @param temperature T, above 0
 */
public record SoftTargets(double temperature) implements Likeness {

  @Override
  public String behind(LossGraph network, String student, String teacher) {
    return network.add(new Distillation(temperature), student, teacher);
  }
}
