package dev.graft.core.train;

/**
 * Scales all gradients together so that their Euclidean norm is at most a bound (Pascanu, Mikolov,
 * Bengio, ICML 2013): {@code g min(1, most / |g|)}. Gradients whose squares exceed the range of a
 * float become zero.
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
    double squares = SquaredNorm.of(gradients.backend(), gradients.tensors());
    double norm = Math.sqrt(squares) * gradients.factor();
    if (norm > most) {
      gradients.scale(most / norm);
    }
    return true;
  }
}
