package dev.graft.core.backend.reference;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.UnaryOp;

/**
 * The formulas of {@link UnaryOp} and {@link BinaryOp} for one element. {@link StrictMath} gives
 * the same bits on every machine and in every stage of the JIT.
 */
final class ReferenceFunctions {

  private ReferenceFunctions() {}

  /** {@code f(x; alpha, beta)}. */
  static double value(UnaryOp op, double alpha, double beta, double x) {
    return switch (op) {
      case AFFINE -> alpha * x + beta;
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case CLIP -> Math.min(Math.max(x, alpha), beta);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
      case TANH -> StrictMath.tanh(x);
      case EXP -> StrictMath.exp(x);
      case LOG -> StrictMath.log(x);
      case RSQRT -> 1 / StrictMath.sqrt(x + alpha);
    };
  }

  /** {@code dy f'(s; alpha, beta)}, where {@code s} is the value that the op saves. */
  static double gradient(UnaryOp op, double alpha, double beta, double s, double dy) {
    return switch (op) {
      case AFFINE -> alpha * dy;
      case RELU -> s > 0 ? dy : 0;
      case LEAKY_RELU -> s > 0 ? dy : alpha * dy;
      case CLIP -> alpha < s && s < beta ? dy : 0;
      case SIGMOID -> dy * s * (1 - s);
      case TANH -> dy * (1 - s * s);
      case EXP -> dy * s;
      case LOG -> dy / s;
      case RSQRT -> dy * (-s * s * s / 2);
    };
  }

  /** {@code a ∘ b}. */
  static double value(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }
}
