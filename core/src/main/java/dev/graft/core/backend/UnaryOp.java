package dev.graft.core.backend;

/**
 * Element-wise functions {@code y = f(x; alpha, beta)} with the derivative each backend must
 * provide. The derivative is expressed in one saved value {@code s}, which is the function's output
 * {@code y} unless stated otherwise: the output is usually kept for the next layer anyway. Where
 * {@code f'} is 0 by a condition, the gradient is 0 even if {@code dy} is not finite.
 */
public enum UnaryOp {
  /** {@code alpha x + beta}; {@code f' = alpha}, the saved value is not read. */
  AFFINE,
  /** {@code max(x, 0)}; {@code f' = 1 where s > 0}, else 0. */
  RELU,
  /** {@code x where x > 0, else alpha x}; {@code f' = 1 where s > 0, else alpha}. */
  LEAKY_RELU,
  /**
   * {@code min(max(x, alpha), beta)}; {@code f' = 1 where alpha < s < beta}, else 0, as PyTorch's
   * hardtanh and ReLU6 have it at the corners.
   */
  CLIP,
  /** {@code 1 / (1 + exp(-x))}; {@code f' = s (1 - s)}. */
  SIGMOID,
  /** Hyperbolic tangent; {@code f' = 1 - s^2}. */
  TANH,
  /** {@code exp(x)}; {@code f' = s}. */
  EXP,
  /** Natural logarithm; {@code f' = 1 / s}, where {@code s} is the <em>input</em>. */
  LOG,
  /** {@code 1 / sqrt(x + alpha)}; {@code f' = -s^3 / 2}. */
  RSQRT
}
