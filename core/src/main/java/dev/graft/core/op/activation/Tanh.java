package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Hyperbolic tangent. ONNX Tanh (6, 13). */
public record Tanh() implements Elementwise {

  @Override
  public String type() {
    return "Tanh";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.TANH;
  }
}
