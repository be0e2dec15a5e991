package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Sine of radians. ONNX Sin (7, 22). */
public record Sin() implements Elementwise {

  @Override
  public String type() {
    return "Sin";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SIN;
  }
}
