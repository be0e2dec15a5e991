package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;
import dev.graft.core.tensor.ShapeException;

/**
 * {@code x where x > 0, else alpha (exp(x) - 1)} (Clevert et al., ICLR 2016). ONNX Elu (6, 22).
 *
 * @param alpha minus the limit on the left, at least 0, so that the output's sign tells the input's
 */
public record Elu(double alpha) implements Elementwise {

  /**
   * @throws ShapeException if alpha is negative
   */
  public Elu {
    if (!(alpha >= 0)) {
      throw new ShapeException("Elu expects alpha of at least 0, found " + alpha);
    }
  }

  @Override
  public String type() {
    return "Elu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.ELU;
  }
}
