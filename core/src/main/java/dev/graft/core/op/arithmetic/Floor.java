package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** The largest whole number that is not larger; its gradient is 0. ONNX Floor (6, 13). */
public record Floor() implements Elementwise {

  @Override
  public String type() {
    return "Floor";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.FLOOR;
  }
}
