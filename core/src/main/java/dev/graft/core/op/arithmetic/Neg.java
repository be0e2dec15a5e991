package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** {@code -x}. ONNX Neg (6, 13). */
public record Neg() implements Elementwise {

  @Override
  public String type() {
    return "Neg";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.NEG;
  }
}
