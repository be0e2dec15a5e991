package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** {@code log(1 + e^x)}, a smooth {@link Relu}. ONNX Softplus (1, 22). */
public record Softplus() implements Elementwise {

  @Override
  public String type() {
    return "Softplus";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SOFTPLUS;
  }
}
