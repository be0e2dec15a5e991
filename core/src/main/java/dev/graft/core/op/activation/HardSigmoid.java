package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * {@code max(0, min(1, alpha x + beta))}; the derivative at the corners is 0. ONNX HardSigmoid (6,
 * 22).
 *
 * @param alpha slope
 * @param beta value at 0
 */
public record HardSigmoid(double alpha, double beta) implements Elementwise {

  @Override
  public String type() {
    return "HardSigmoid";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.HARD_SIGMOID;
  }
}
