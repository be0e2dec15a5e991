package dev.graft.core.backend;

/**
 * Element-wise functions of two operands. A truth value is 1 or 0; any other number but 0 is true.
 */
public enum BinaryOp {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUB,
  /** {@code a b}. */
  MUL,
  /** {@code a / b}, IEEE 754: division by zero gives an infinity or NaN. */
  DIV,
  /** The larger one, NaN if any is NaN. */
  MAX,
  /** The smaller one, NaN if any is NaN. */
  MIN,
  /** {@code a} to the power of b, within 16 units in the last place; a power of 1 is always 1. */
  POW,
  /** 1 where {@code a > b}, else 0, also where any is NaN. */
  GREATER,
  /** 1 where {@code a = b}, else 0, also where any is NaN. */
  EQUAL,
  /** {@code a} where b is not 0, else 0, whatever a is. */
  KEEP,
  /** 0 where b is not 0, whatever a is, else a. */
  DROP;

  /** The value in single precision. */
  public float value(float a, float b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POW -> (float) power(a, b);
      case GREATER -> a > b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case KEEP -> b != 0 ? a : 0;
      case DROP -> b != 0 ? 0 : a;
    };
  }

  /** The value in double precision. */
  public double value(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POW -> power(a, b);
      case GREATER -> a > b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case KEEP -> b != 0 ? a : 0;
      case DROP -> b != 0 ? 0 : a;
    };
  }

  /** As IEEE 754, C and NumPy have it: 1 where Java says NaN. */
  private static double power(double a, double b) {
    boolean one = a == 1 || a == -1 && Double.isInfinite(b);
    return one ? 1 : Math.pow(a, b);
  }
}
