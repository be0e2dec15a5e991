package dev.graft.core.op;

import dev.graft.core.backend.UnaryOp;

/** Hyperbolic tangent. ONNX Tanh (6, 13). */
public record Tanh() implements Elementwise {

  @Override
  public String type() {
    return "Tanh";
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.TANH;
  }
}
