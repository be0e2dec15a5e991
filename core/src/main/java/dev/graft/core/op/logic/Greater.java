package dev.graft.core.op.logic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Pairwise;

/** Whether {@code a > b}, with broadcasting; false where any is NaN. ONNX Greater (7, 9, 13). */
public record Greater() implements Pairwise, Truth {

  @Override
  public String type() {
    return "Greater";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.GREATER;
  }
}
