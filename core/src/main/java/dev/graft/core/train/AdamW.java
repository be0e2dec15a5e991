package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Adam with decoupled weight decay; the formula stands at {@link Backend#adamW}. */
public final class AdamW implements Optimizer {

  private static final String FIRST = "first/";
  private static final String SECOND = "second/";

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final Map<String, Moments> moments = new HashMap<>();
  private int step;

  private record Moments(Tensor first, Tensor second) {}

  /** With beta1 0.9, beta2 0.999 and epsilon 1e-8. */
  public AdamW() {
    this(0.9, 0.999, 1e-8);
  }

  /**
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment, above 0
   * @throws IllegalArgumentException if one is out of range
   */
  public AdamW(double beta1, double beta2, double epsilon) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "AdamW expects betas in [0, 1) and an epsilon above 0, found "
              + beta1
              + ", "
              + beta2
              + ", "
              + epsilon);
    }
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  @Override
  public String toString() {
    return "AdamW with betas " + beta1 + " and " + beta2 + ", epsilon " + epsilon;
  }

  @Override
  public int tensorsPerParameter() {
    return 2;
  }

  @Override
  public void begin(Backend backend, Map<String, Tensor> weights) {
    weights.forEach((name, weight) -> moments(backend, name, weight));
  }

  private Moments moments(Backend backend, String name, Tensor weight) {
    return moments.computeIfAbsent(
        name, k -> new Moments(zeros(backend, weight), zeros(backend, weight)));
  }

  @Override
  public State state(Backend backend) {
    Map<String, Tensor> copies = new HashMap<>();
    moments.forEach(
        (name, m) -> {
          copies.put(FIRST + name, Tensor.of(m.first().shape(), m.first().download(backend)));
          copies.put(SECOND + name, Tensor.of(m.second().shape(), m.second().download(backend)));
        });
    return new State(step, copies);
  }

  @Override
  public void restore(Backend backend, State state) {
    step = state.steps();
    moments.clear();
    state
        .tensors()
        .forEach(
            (key, first) -> {
              if (key.startsWith(FIRST)) {
                String name = key.substring(FIRST.length());
                Tensor second = state.tensors().get(SECOND + name);
                moments.put(name, new Moments(first.upload(backend), second.upload(backend)));
              }
            });
  }

  @Override
  public void nextStep() {
    step++;
  }

  @Override
  public void update(
      Backend backend,
      String name,
      Tensor weight,
      Tensor gradient,
      double rate,
      double weightDecay) {
    Moments state = moments(backend, name, weight);
    backend.adamW(
        weight.shape().elements(),
        rate,
        beta1,
        beta2,
        epsilon,
        weightDecay,
        step,
        gradient.buffer(),
        state.first().buffer(),
        state.second().buffer(),
        weight.buffer());
  }

  private static Tensor zeros(Backend backend, Tensor like) {
    Tensor zero = Tensor.allocate(backend, like.shape());
    backend.fill(like.shape().elements(), 0, zero.buffer());
    return zero;
  }
}
