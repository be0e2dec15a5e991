package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Square root. ONNX Sqrt (6, 13). */
public record Sqrt() implements Elementwise {

  @Override
  public String type() {
    return "Sqrt";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SQRT;
  }
}
