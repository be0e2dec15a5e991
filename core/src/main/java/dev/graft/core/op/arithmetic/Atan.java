package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Arc tangent in radians. ONNX Atan (7, 22). */
public record Atan() implements Elementwise {

  @Override
  public String type() {
    return "Atan";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.ATAN;
  }
}
