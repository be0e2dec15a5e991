package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Cosine of radians. ONNX Cos (7, 22). */
public record Cos() implements Elementwise {

  @Override
  public String type() {
    return "Cos";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.COS;
  }
}
