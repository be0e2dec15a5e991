package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Updates once for several steps, by the mean of their gradients: a large batch in the memory of a
 * small one. What is left at the end of a phase is dropped.
 *
 * @param steps number of steps for an update, at least 1
 */
public record Accumulate(int steps) implements GradientTransform {

  /**
   * @throws IllegalArgumentException if there are no steps
   */
  public Accumulate {
    if (steps < 1) {
      throw new IllegalArgumentException("an update takes at least 1 step, found " + steps);
    }
  }

  @Override
  public int tensorsPerParameter() {
    return 1;
  }

  @Override
  public boolean apply(StepGradients gradients) {
    Backend backend = gradients.backend();
    Tensor count = gradients.slot("accumulate", Shape.SCALAR);
    int done = (int) count.download(backend)[0] + 1;
    backend.fill(1, done == steps ? 0 : done, count.buffer());
    Map<String, Tensor> sums = new LinkedHashMap<>();
    gradients
        .tensors()
        .forEach(
            (name, gradient) -> {
              Tensor sum = gradients.slot("accumulate/" + name, gradient.shape());
              int n = gradient.shape().elements();
              if (done == 1) {
                backend.fill(n, 0, sum.buffer());
              }
              backend.axpy(n, gradients.factor(), gradient.buffer(), sum.buffer());
              sums.put(name, sum);
            });
    gradients.replace(sums);
    gradients.scale(1.0 / steps);
    return done == steps;
  }
}
