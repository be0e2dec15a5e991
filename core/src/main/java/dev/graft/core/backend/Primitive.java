package dev.graft.core.backend;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * What formulas are made of, with its value in double precision. {@link StrictMath} gives the same
 * bits on every machine and in every stage of the JIT.
 */
public enum Primitive {
  /** {@code a + b}. */
  PLUS((a, b) -> a + b),
  /** {@code a - b}. */
  MINUS((a, b) -> a - b),
  /** {@code a b}. */
  TIMES((a, b) -> a * b),
  /** {@code a / b}. */
  OVER((a, b) -> a / b),
  /** The larger; NaN if either is. */
  MAX(Math::max),
  /** The smaller; NaN if either is. */
  MIN(Math::min),
  /** {@code -a}. */
  NEGATE(a -> -a),
  /** {@code |a|}. */
  ABS(Math::abs),
  /** Square root. */
  SQRT(StrictMath::sqrt),
  /** {@code e^a}. */
  EXP(StrictMath::exp),
  /** {@code e^a - 1}, exact for small a too. */
  EXPM1(StrictMath::expm1),
  /** Natural logarithm. */
  LOG(StrictMath::log),
  /** {@code log(1 + a)}, exact for small a too. */
  LOG1P(StrictMath::log1p),
  /** {@code 1 / (1 + e^-a)}. */
  SIGMOID(a -> 1 / (1 + StrictMath.exp(-a))),
  /** Hyperbolic tangent. */
  TANH(StrictMath::tanh),
  /** {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to a. */
  ERF(Primitive::erf),
  /** Sine of radians. */
  SIN(StrictMath::sin),
  /** Cosine of radians. */
  COS(StrictMath::cos),
  /** Arc tangent in radians. */
  ATAN(StrictMath::atan),
  /** The largest whole number that is not larger. */
  FLOOR(Math::floor);

  /** From here on erf is 1 in double precision: {@code 1 - erf(6) = 2e-17}. */
  private static final double ERF_HIGHEST = 6;

  private final int arguments;
  private final DoubleBinaryOperator function;

  Primitive(DoubleBinaryOperator function) {
    this.arguments = 2;
    this.function = function;
  }

  Primitive(DoubleUnaryOperator function) {
    this.arguments = 1;
    this.function = (a, ignored) -> function.applyAsDouble(a);
  }

  /** How many arguments it has, 1 or 2. */
  public int arguments() {
    return arguments;
  }

  /** The value; b is not read by a function of one argument. */
  public double value(double a, double b) {
    return function.applyAsDouble(a, b);
  }

  /**
   * {@code 2 / sqrt(pi) exp(-a^2) Σ 2^n a^(2n+1) / (1 3 5 … (2n+1))}: slow, but no two terms have
   * different signs, so that nothing cancels (Abramowitz and Stegun, 7.1.6).
   */
  private static double erf(double a) {
    if (Math.abs(a) >= ERF_HIGHEST) {
      return Math.signum(a);
    }
    double term = a;
    double sum = a;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * a * a / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-a * a) * sum;
  }
}
