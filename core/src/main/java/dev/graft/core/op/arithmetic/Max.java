package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.BinaryOp;

/**
 * The larger of two operands with broadcasting, NaN if any is NaN. ONNX Max (8, 12, 13) of two
 * inputs; more of them are read as one after the other.
 */
public record Max() implements Selection {

  @Override
  public String type() {
    return "Max";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.MAX;
  }

  @Override
  public int greater() {
    return 1;
  }
}
