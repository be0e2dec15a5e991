package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, optionally Nesterov's, and L2 weight decay; the
 * formula stands at {@link Backend#sgd}.
 */
public final class Sgd implements Optimizer {

  private final double momentum;
  private final boolean nesterov;
  private final Map<String, Tensor> velocities = new HashMap<>();

  /**
   * @param momentum in [0, 1); 0.9 is usual
   * @param nesterov look ahead by one step of momentum
   * @throws IllegalArgumentException if the momentum is out of range
   */
  public Sgd(double momentum, boolean nesterov) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), found " + momentum);
    }
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  @Override
  public String toString() {
    return "SGD with momentum " + momentum + (nesterov ? " of Nesterov" : "");
  }

  @Override
  public int tensorsPerParameter() {
    return 1;
  }

  @Override
  public void begin(Backend backend, Map<String, Tensor> weights) {
    weights.forEach((name, weight) -> velocity(backend, name, weight));
  }

  private Tensor velocity(Backend backend, String name, Tensor weight) {
    Tensor velocity = velocities.get(name);
    if (velocity == null) {
      velocity = Tensor.allocate(backend, weight.shape());
      backend.fill(weight.shape().elements(), 0, velocity.buffer());
      velocities.put(name, velocity);
    }
    return velocity;
  }

  @Override
  public State state(Backend backend) {
    Map<String, Tensor> copies = new HashMap<>();
    velocities.forEach((name, v) -> copies.put(name, Tensor.of(v.shape(), v.download(backend))));
    return new State(0, copies);
  }

  @Override
  public void restore(Backend backend, State state) {
    velocities.clear();
    state.tensors().forEach((name, v) -> velocities.put(name, v.upload(backend)));
  }

  @Override
  public void nextStep() {}

  @Override
  public void update(
      Backend backend,
      String name,
      Tensor weight,
      Tensor gradient,
      double rate,
      double weightDecay) {
    Tensor velocity = velocity(backend, name, weight);
    backend.sgd(
        weight.shape().elements(),
        rate,
        momentum,
        nesterov,
        weightDecay,
        gradient.buffer(),
        velocity.buffer(),
        weight.buffer());
  }
}
