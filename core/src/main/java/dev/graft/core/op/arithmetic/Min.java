package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.BinaryOp;

/**
 * The smaller of two operands with broadcasting, NaN if any is NaN. ONNX Min (8, 12, 13) of two
 * inputs; more of them are read as one after the other.
 */
public record Min() implements Selection {

  @Override
  public String type() {
    return "Min";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.MIN;
  }

  @Override
  public int greater() {
    return 0;
  }
}
