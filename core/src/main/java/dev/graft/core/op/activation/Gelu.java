package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * Gaussian error linear unit {@code x Φ(x)} with the normal distribution {@code Φ(x) = (1 + erf(x /
 * sqrt(2))) / 2} (Hendrycks and Gimpel, 2016). ONNX Gelu (20).
 *
 * @param approximate whether {@code tanh(sqrt(2 / pi) (x + 0.044715 x^3))} stands for the error
 *     function
 */
public record Gelu(boolean approximate) implements Elementwise {

  @Override
  public String type() {
    return "Gelu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return approximate ? UnaryOp.GELU_TANH : UnaryOp.GELU;
  }
}
