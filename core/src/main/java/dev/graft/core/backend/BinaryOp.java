package dev.graft.core.backend;

/** Element-wise functions of two operands. */
public enum BinaryOp {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUB,
  /** {@code a b}. */
  MUL,
  /** {@code a / b}, IEEE 754: division by zero gives an infinity or NaN. */
  DIV
}
