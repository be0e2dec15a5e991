package dev.graft.kernels.simd.elementwise;

import dev.graft.core.backend.UnaryOp;
import java.util.EnumSet;
import java.util.Set;

/**
 * Functions of one operand over runs of floats. Each has a loop of its own: a switch within one
 * loop would leave C2 with values that it cannot keep in vector registers.
 */
public final class Unary {

  /** Functions that have no loop here run as plain Java reads their formulas. */
  private static final Set<UnaryOp> KNOWN =
      EnumSet.of(
          UnaryOp.AFFINE,
          UnaryOp.RELU,
          UnaryOp.LEAKY_RELU,
          UnaryOp.CLIP,
          UnaryOp.SIGMOID,
          UnaryOp.TANH,
          UnaryOp.EXP,
          UnaryOp.LOG,
          UnaryOp.RSQRT,
          UnaryOp.SWISH,
          UnaryOp.HARD_SIGMOID,
          UnaryOp.HARD_SWISH);

  private Unary() {}

  /** Whether there is a loop for {@code op}. */
  public static boolean knows(UnaryOp op) {
    return KNOWN.contains(op);
  }

  /** {@code y = f(x)} over n elements; y may be x at the same offset. */
  public static void run(
      UnaryOp op, float alpha, float beta, int n, float[] x, int xo, float[] y, int yo) {
    switch (op) {
      case AFFINE -> Piecewise.affine(n, alpha, beta, x, xo, y, yo);
      case RELU -> Piecewise.relu(n, x, xo, y, yo);
      case LEAKY_RELU -> Piecewise.leakyRelu(n, alpha, x, xo, y, yo);
      case CLIP -> Piecewise.clip(n, alpha, beta, x, xo, y, yo);
      case SIGMOID -> Exponential.sigmoid(n, x, xo, y, yo);
      case TANH -> Tangent.tanh(n, x, xo, y, yo);
      case EXP -> Exponential.exp(n, 1f, 0f, x, xo, y, yo);
      case LOG -> Logarithm.log(n, x, xo, y, yo);
      case RSQRT -> Piecewise.rsqrt(n, alpha, x, xo, y, yo);
      case SWISH -> Gates.swish(n, alpha, x, xo, y, yo);
      case HARD_SIGMOID -> Gates.hardSigmoid(n, alpha, beta, x, xo, y, yo);
      case HARD_SWISH -> Gates.hardSwish(n, x, xo, y, yo);
      default -> throw new IllegalArgumentException(op + " has no loop of vectors");
    }
  }

  /** {@code dx = dy f'(s)} over n elements; dx may be dy at the same offset. */
  public static void gradient(
      UnaryOp op,
      float alpha,
      float beta,
      int n,
      float[] s,
      int so,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo) {
    switch (op) {
      case AFFINE -> Piecewise.affine(n, alpha, 0f, dy, dyo, dx, dxo);
      case RELU -> UnaryGradients.relu(n, s, so, dy, dyo, dx, dxo);
      case LEAKY_RELU -> UnaryGradients.leakyRelu(n, alpha, s, so, dy, dyo, dx, dxo);
      case CLIP -> UnaryGradients.clip(n, alpha, beta, s, so, dy, dyo, dx, dxo);
      case SIGMOID -> UnaryGradients.sigmoid(n, s, so, dy, dyo, dx, dxo);
      case TANH -> UnaryGradients.tanh(n, s, so, dy, dyo, dx, dxo);
      case EXP -> Arithmetic.multiply(n, dy, dyo, s, so, dx, dxo);
      case LOG -> Arithmetic.divide(n, dy, dyo, s, so, dx, dxo);
      case RSQRT -> UnaryGradients.rsqrt(n, s, so, dy, dyo, dx, dxo);
      case SWISH -> Gates.swishGradient(n, alpha, s, so, dy, dyo, dx, dxo);
      case HARD_SIGMOID -> Gates.hardSigmoidGradient(n, alpha, s, so, dy, dyo, dx, dxo);
      case HARD_SWISH -> Gates.hardSwishGradient(n, s, so, dy, dyo, dx, dxo);
      default -> throw new IllegalArgumentException(op + " has no loop of vectors");
    }
  }
}
