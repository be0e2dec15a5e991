package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** Rectified linear unit {@code max(x, 0)}; its derivative at 0 is 0. ONNX Relu (6, 13, 14). */
public record Relu() implements Elementwise {

  @Override
  public String type() {
    return "Relu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.RELU;
  }

  @Override
  public boolean isCheap() {
    return true;
  }
}
