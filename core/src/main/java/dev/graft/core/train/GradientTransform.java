package dev.graft.core.train;

import dev.graft.core.plan.Variables;

/**
 * Where a step's gradients pass on their way from the executor to the optimizer, and the weights
 * after it: the one place to clip, to gather several steps, or to average with other machines. It
 * keeps what it must remember in {@link StepGradients#slot}, so that a run can be stopped after any
 * step.
 */
public interface GradientTransform {

  /**
   * Changes the gradients of a step.
   *
   * @return whether the optimizer updates now
   */
  boolean apply(StepGradients gradients);

  /**
   * How many tensors of each trainable parameter's shape it keeps from step to step; they are asked
   * for before the first step of a phase, beside the optimizer's.
   */
  default int tensorsPerParameter() {
    return 0;
  }

  /**
   * Hears that the weights were updated; may change them by {@link Variables#restore}.
   *
   * @param gradients those of the update, with the slots
   * @param variables what is trained
   */
  default void updated(StepGradients gradients, Variables variables) {}
}
