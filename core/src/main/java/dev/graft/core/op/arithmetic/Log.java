package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Natural logarithm. ONNX Log (6, 13). */
public record Log() implements Elementwise {

  @Override
  public String type() {
    return "Log";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.LOG;
  }
}
