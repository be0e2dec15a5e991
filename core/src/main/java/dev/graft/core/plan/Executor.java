package dev.graft.core.plan;

import dev.graft.core.tensor.Tensor;
import java.util.Map;

/**
 * Runs one graph on one backend, forward or forward and backward: what a trainer and a session
 * drive. Belongs to one thread at a time.
 */
public interface Executor {

  /**
   * Inference.
   *
   * @param inputs host tensors by input name
   * @return host tensors by output name
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  Map<String, Tensor> predict(Map<String, Tensor> inputs);

  /**
   * The forward and backward pass of a training step. Running statistics of what is trained are
   * updated; parameters are not.
   *
   * @param inputs host tensors by input name
   * @param loss name of the output to differentiate, a scalar
   * @param key key of this step's random numbers
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  Step step(Map<String, Tensor> inputs, String loss, long key);

  /** Operations that the last {@link #step} visited backward. */
  int backwardSteps();

  /** Bytes of activations that the last {@link #step} kept for backward. */
  long savedBytes();

  /**
   * What a training step yields.
   *
   * @param outputs host tensors by output name; valid until the executor's next call
   * @param gradients by parameter name, on the backend, read only; absent where the loss does not
   *     depend on it; valid until the executor's next call
   */
  record Step(Map<String, Tensor> outputs, Map<String, Tensor> gradients) {}
}
