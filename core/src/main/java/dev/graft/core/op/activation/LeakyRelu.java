package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;
import dev.graft.core.tensor.ShapeException;

/**
 * {@code x where x > 0, else alpha x} (Maas et al., 2013). ONNX LeakyRelu (6, 16).
 *
 * @param alpha slope for negative inputs, at least 0, so that the output's sign tells the input's
 */
public record LeakyRelu(double alpha) implements Elementwise {

  /**
   * @throws ShapeException if alpha is negative
   */
  public LeakyRelu {
    if (!(alpha >= 0)) {
      throw new ShapeException("LeakyRelu expects alpha of at least 0, found " + alpha);
    }
  }

  @Override
  public String type() {
    return "LeakyRelu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.LEAKY_RELU;
  }
}
