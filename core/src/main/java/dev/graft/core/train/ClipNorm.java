package dev.graft.core.train;

import dev.graft.core.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;

/**
 * Scales all gradients together so that their Euclidean norm is at most a bound (Pascanu, Mikolov,
 * Bengio, ICML 2013): {@code g min(1, most / |g|)}.
 *
 * @param most the bound, above 0
 */
public record ClipNorm(double most) implements GradientTransform {

  /**
   * @throws IllegalArgumentException if the bound is not a positive number
   */
  public ClipNorm {
    if (!(most > 0 && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a norm is clipped to a bound above 0, found " + most);
    }
  }

  @Override
  public boolean apply(StepGradients gradients) {
    double squares = 0;
    // In one order, so that the sum repeats.
    for (Map.Entry<String, Tensor> gradient : new TreeMap<>(gradients.tensors()).entrySet()) {
      for (float value : gradient.getValue().download(gradients.backend())) {
        squares += (double) value * value;
      }
    }
    double norm = Math.sqrt(squares) * gradients.factor();
    if (norm > most) {
      gradients.scale(most / norm);
    }
    return true;
  }
}
