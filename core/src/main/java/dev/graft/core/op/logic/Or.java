package dev.graft.core.op.logic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Pairwise;

/** Whether any of two truth values is true, with broadcasting. ONNX Or (7). */
public record Or() implements Pairwise, Truth {

  @Override
  public String type() {
    return "Or";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.MAX;
  }

  @Override
  public boolean takesTruth(int i) {
    return true;
  }
}
