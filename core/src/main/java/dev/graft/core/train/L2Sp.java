package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decays weights towards where they started instead of towards zero: {@code g + alpha (w - w0)},
 * the gradient of the penalty {@code alpha/2 |w - w0|^2} (Li, Grandvalet, Davoine, "Explicit
 * Inductive Bias for Transfer Learning with Convolutional Networks", ICML 2018).
 */
public final class L2Sp implements GradientTransform {

  private final Weights start;
  private final Set<String> names;
  private final double alpha;
  private final Map<String, Tensor> starts = new HashMap<>();
  private final Map<String, Tensor> sums = new HashMap<>();

  /**
   * @param start holds w0
   * @param names what is decayed
   * @param alpha strength, above 0
   * @throws IllegalArgumentException if it is not a positive number
   */
  public L2Sp(Weights start, Set<String> names, double alpha) {
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the decay towards the start must be above 0, found " + alpha);
    }
    this.start = start;
    this.names = Set.copyOf(names);
    this.alpha = alpha;
  }

  /** Where it started, and what is handed on. */
  @Override
  public int tensorsPerParameter() {
    return 2;
  }

  @Override
  public boolean apply(StepGradients gradients) {
    Backend backend = gradients.backend();
    double factor = gradients.factor();
    Map<String, Tensor> decayed = new LinkedHashMap<>();
    gradients
        .tensors()
        .forEach(
            (name, gradient) -> {
              if (factor == 1 && !names.contains(name)) {
                decayed.put(name, gradient);
                return;
              }
              int n = gradient.shape().elements();
              Tensor sum =
                  sums.computeIfAbsent(name, k -> Tensor.allocate(backend, gradient.shape()));
              backend.fill(n, 0, sum.buffer());
              backend.axpy(n, factor, gradient.buffer(), sum.buffer());
              if (names.contains(name)) {
                Tensor from = starts.computeIfAbsent(name, k -> start.get(k).upload(backend));
                backend.axpy(n, alpha, gradients.weight(name).buffer(), sum.buffer());
                backend.axpy(n, -alpha, from.buffer(), sum.buffer());
              }
              decayed.put(name, sum);
            });
    gradients.replace(decayed);
    return true;
  }
}
