package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Magnitude {@code |x|}; its derivative at 0 is 0. ONNX Abs (6, 13). */
public record Abs() implements Elementwise {

  @Override
  public String type() {
    return "Abs";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.ABS;
  }
}
