package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Exponential function. ONNX Exp (6, 13). */
public record Exp() implements Elementwise {

  @Override
  public String type() {
    return "Exp";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.EXP;
  }
}
