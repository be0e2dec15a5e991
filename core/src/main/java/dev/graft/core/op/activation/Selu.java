package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;
import dev.graft.core.tensor.ShapeException;

/**
 * {@code gamma x where x > 0, else gamma alpha (exp(x) - 1)} (Klambauer et al., NeurIPS 2017). ONNX
 * Selu (6, 22).
 *
 * @param alpha minus the limit on the left over gamma, at least 0
 * @param gamma slope on the right, above 0
 */
public record Selu(double alpha, double gamma) implements Elementwise {

  /**
   * @throws ShapeException if alpha is negative or gamma is not positive
   */
  public Selu {
    if (!(alpha >= 0 && gamma > 0)) {
      throw new ShapeException(
          "Selu expects alpha of at least 0 and gamma above 0, found " + alpha + " and " + gamma);
    }
  }

  @Override
  public double beta() {
    return gamma;
  }

  @Override
  public String type() {
    return "Selu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SELU;
  }
}
