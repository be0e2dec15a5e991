package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Tensor;
import java.util.Map;

/**
 * Turns gradients into new weights. An optimizer keeps state for every parameter it has seen, so it
 * belongs to one training run on one backend.
 */
public interface Optimizer {

  /**
   * What it has gathered so far, to be written down.
   *
   * @param steps number of steps announced
   * @param tensors in host memory, by names of its own
   */
  record State(int steps, Map<String, Tensor> tensors) {

    public State {
      tensors = Map.copyOf(tensors);
    }
  }

  /** Tensors of a parameter's shape that it keeps for each parameter. */
  int tensorsPerParameter();

  /**
   * Takes the memory for the state of these parameters, zeros but where it was restored, so that no
   * step allocates any.
   *
   * @param weights by name
   */
  void begin(Backend backend, Map<String, Tensor> weights);

  /** A copy of what it has gathered so far. */
  State state(Backend backend);

  /** Goes on from what was gathered before, by an optimizer of the same kind. */
  void restore(Backend backend, State state);

  /** Announces the next step; its number, from 1, corrects the bias of running averages. */
  void nextStep();

  /**
   * Updates one parameter in place.
   *
   * @param name identifies the parameter's state
   * @param weight read and updated
   * @param gradient of the same shape, read only
   * @param rate learning rate, at least 0
   * @param weightDecay decay per step and unit of rate, at least 0
   */
  void update(
      Backend backend,
      String name,
      Tensor weight,
      Tensor gradient,
      double rate,
      double weightDecay);
}
