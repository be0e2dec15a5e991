package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** {@code 1 / x}. ONNX Reciprocal (6, 13). */
public record Reciprocal() implements Elementwise {

  @Override
  public String type() {
    return "Reciprocal";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.RECIPROCAL;
  }
}
