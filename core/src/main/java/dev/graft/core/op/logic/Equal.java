package dev.graft.core.op.logic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Pairwise;

/** Whether {@code a = b}, with broadcasting; false where any is NaN. ONNX Equal (7, 11, 13, 19). */
public record Equal() implements Pairwise, Truth {

  @Override
  public String type() {
    return "Equal";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.EQUAL;
  }
}
