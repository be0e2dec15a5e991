package dev.graft.core.backend;

/**
 * Element-wise functions {@code y = f(x; alpha, beta)}, each with its formula and the formula of
 * {@code dx = dy f'}. The latter reads one saved value beside dy: the output y where it can, which
 * is usually kept for the next layer anyway, else the input x. Where {@code f'} is 0 by a choice,
 * the gradient is 0 even if {@code dy} is not finite.
 *
 * <p>A new function is a line here: every backend reads the formulas, and has a loop of its own for
 * those that matter for speed.
 */
public enum UnaryOp {
  /** Saves nothing. */
  AFFINE("alpha * x + beta", "alpha * dy"),
  /** Nair and Hinton, ICML 2010. */
  RELU("max(x, 0)", "y > 0 ? dy : 0"),
  /** Maas et al., 2013; alpha is at least 0, so that the output's sign tells the input's. */
  LEAKY_RELU("x > 0 ? x : alpha * x", "y > 0 ? dy : alpha * dy"),
  /** Between alpha and beta; at the corners {@code f' = 0}, as PyTorch's hardtanh has it. */
  CLIP("min(max(x, alpha), beta)", "y > alpha ? (beta > y ? dy : 0) : 0"),
  /** Logistic function. */
  SIGMOID("sigmoid(x)", "dy * y * (1 - y)"),
  /** Hyperbolic tangent. */
  TANH("tanh(x)", "dy * (1 - y * y)"),
  /** Exponential function. */
  EXP("exp(x)", "dy * y"),
  /** Natural logarithm. */
  LOG("log(x)", "dy / x"),
  /** Reciprocal square root. */
  RSQRT("1 / sqrt(x + alpha)", "dy * (-y * y * y / 2)"),
  /** Square root. */
  SQRT("sqrt(x)", "dy * 0.5 / y"),
  /** Negative. */
  NEG("-x", "-dy"),
  /** Magnitude; {@code f' = 0} at 0. */
  ABS("abs(x)", "x > 0 ? dy : (0 > x ? -dy : 0)"),
  /** Reciprocal. */
  RECIPROCAL("1 / x", "-dy * y * y"),
  /** Sine of radians. */
  SIN("sin(x)", "dy * cos(x)"),
  /** Cosine of radians. */
  COS("cos(x)", "-dy * sin(x)"),
  /** Arc tangent in radians. */
  ATAN("atan(x)", "dy / (1 + x * x)"),
  /** The largest whole number that is not larger; {@code f' = 0}. */
  FLOOR("floor(x)", "0 * dy"),
  /** Error function; the factor is {@code 2 / sqrt(pi)}. */
  ERF("erf(x)", "dy * 1.1283791670955126 * exp(-x * x)"),
  /**
   * {@code x Φ(x)} with the normal distribution Φ (Hendrycks and Gimpel, 2016); the factors are
   * {@code 1 / sqrt(2)} and {@code 1 / sqrt(2 pi)}.
   */
  GELU(
      "0.5 * x * (1 + erf(x * 0.7071067811865476))",
      "dy * (0.5 * (1 + erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * exp(-0.5 * x * x))"),
  /**
   * The same with {@code tanh(sqrt(2 / pi) (x + 0.044715 x^3))} for the error function, of which
   * {@code (1 + tanh(z)) / 2 = sigmoid(2z)}.
   */
  GELU_TANH(
      "x * sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x))",
      "s = sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x));"
          + "dy * (s + x * s * (1 - s) * 1.5957691216057308 * (1 + 0.134145 * x * x))"),
  /** {@code x sigmoid(alpha x)}, SiLU where alpha is 1 (Ramachandran et al., 2017). */
  SWISH("x * sigmoid(alpha * x)", "s = sigmoid(alpha * x); dy * s * (1 + alpha * x * (1 - s))"),
  /** Misra, BMVC 2020. */
  MISH(
      "x * tanh(max(x, 0) + log1p(exp(-abs(x))))",
      "t = tanh(max(x, 0) + log1p(exp(-abs(x)))); dy * (t + x * sigmoid(x) * (1 - t * t))"),
  /** {@code log(1 + e^x)}, whose derivative is the logistic function. */
  SOFTPLUS("max(x, 0) + log1p(exp(-abs(x)))", "dy * sigmoid(x)"),
  /** {@code x / (1 + |x|)}. */
  SOFTSIGN("x / (1 + abs(x))", "dy / ((1 + abs(x)) * (1 + abs(x)))"),
  /** Clevert et al., ICLR 2016; alpha is at least 0, as for LEAKY_RELU. */
  ELU("x > 0 ? x : alpha * expm1(x)", "y > 0 ? dy : dy * (y + alpha)"),
  /** Klambauer et al., NeurIPS 2017: beta times ELU. */
  SELU("beta * (x > 0 ? x : alpha * expm1(x))", "y > 0 ? beta * dy : dy * (y + alpha * beta)"),
  /** A straight line cut off at 0 and 1. */
  HARD_SIGMOID("min(max(alpha * x + beta, 0), 1)", "y > 0 ? (1 > y ? alpha * dy : 0) : 0"),
  /** {@code x} times a hard sigmoid of slope 1/6 (Howard et al., ICCV 2019). */
  HARD_SWISH("x * min(max(x / 6 + 0.5, 0), 1)", "x > -3 ? (3 > x ? dy * (x / 3 + 0.5) : dy) : 0");

  private final Formula value;
  private final Formula gradient;
  // Asked for every row, so not found out there.
  private final boolean savesInput;
  private final boolean savesOutput;

  UnaryOp(String value, String gradient) {
    this.value = Formula.of(value);
    this.gradient = Formula.of(gradient);
    savesInput = this.gradient.reads(Formula.Variable.X);
    savesOutput = this.gradient.reads(Formula.Variable.Y);
  }

  /** {@code y}, of x, alpha and beta. */
  public Formula value() {
    return value;
  }

  /** {@code dx}, of dy, alpha, beta and either x or y. */
  public Formula gradient() {
    return gradient;
  }

  /** Whether the gradient reads the input. */
  public boolean savesInput() {
    return savesInput;
  }

  /** Whether the gradient reads the output. */
  public boolean savesOutput() {
    return savesOutput;
  }
}
