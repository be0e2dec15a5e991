package dev.graft.core.op.logic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Pairwise;

/** Whether both truth values are true, with broadcasting. ONNX And (7). */
public record And() implements Pairwise, Truth {

  @Override
  public String type() {
    return "And";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.MUL;
  }

  @Override
  public boolean takesTruth(int i) {
    return true;
  }
}
