package dev.graft.tests.backend;

import dev.graft.core.backend.Formula;
import dev.graft.core.backend.Primitive;
import java.util.List;

/**
 * How far a formula in float arithmetic may stray from its value: a running error analysis (Higham,
 * "Accuracy and Stability of Numerical Algorithms", 2nd edition, section 3.3). Every part has a
 * value and a bound of its error; a function adds its own roundings to what it makes of the errors
 * of its arguments. A new function gets its tolerance from its formula alone.
 */
final class FormulaError implements Formula.Reading<FormulaError.Interval> {

  /** One operation, as IEEE 754 has it. */
  private static final double OPERATION = Rounding.gamma(1);

  /** An approximation good to 4 units in the last place, each two roundings wide. */
  private static final double FUNCTION = Rounding.gamma(8);

  /** OpenCL C allows erf 16 units in the last place (version 1.2, section 7.4). */
  private static final double ERROR_FUNCTION = Rounding.gamma(32);

  /** Backends may use a fused multiply-add, or another order of the factors of one product. */
  private static final double ORDER = 2;

  /**
   * @param value what it should be; infinite where a float would be
   * @param error how far it may be off
   */
  record Interval(double value, double error) {

    /** The same, rounded once more. */
    Interval rounded(double unit) {
      if (Math.abs(value) > Float.MAX_VALUE) {
        return new Interval(Math.copySign(Double.POSITIVE_INFINITY, value), 0);
      }
      return new Interval(value, error + unit * Math.abs(value) + Float.MIN_NORMAL);
    }
  }

  private final double alpha;
  private final double beta;
  private final double operand;
  private final double dy;

  private FormulaError(double alpha, double beta, double operand, double dy) {
    this.alpha = alpha;
    this.beta = beta;
    this.operand = operand;
    this.dy = dy;
  }

  /** The bound for {@link Formula#value}. */
  static double of(Formula formula, double alpha, double beta, double operand, double dy) {
    return ORDER * formula.read(new FormulaError(alpha, beta, operand, dy)).error();
  }

  @Override
  public Interval number(double value) {
    return new Interval(value, Double.isFinite(value) ? Math.abs((float) value - value) : 0);
  }

  @Override
  public Interval variable(Formula.Variable variable) {
    return number(variable.value(alpha, beta, operand, dy));
  }

  @Override
  public Interval call(Primitive function, List<Interval> arguments) {
    Interval a = arguments.get(0);
    Interval b = arguments.get(arguments.size() - 1);
    double value = function.value(a.value(), b.value());
    return switch (function) {
      case MAX, MIN -> new Interval(value, Math.max(a.error(), b.error()));
      case NEGATE, ABS -> new Interval(value, a.error());
      case PLUS, MINUS -> new Interval(value, a.error() + b.error()).rounded(OPERATION);
      case TIMES -> new Interval(value, productError(a, b)).rounded(OPERATION);
      case OVER -> new Interval(value, quotientError(a, b, value)).rounded(OPERATION);
      case FLOOR -> new Interval(value, a.error() == 0 ? 0 : 1);
      case ATAN -> new Interval(value, a.error()).rounded(FUNCTION);
      case SIN, COS -> new Interval(value, Math.min(2, a.error())).rounded(FUNCTION);
      case ERF -> new Interval(value, spread(function, a, value)).rounded(ERROR_FUNCTION);
      case SQRT, EXP, EXPM1, LOG, LOG1P, SIGMOID, TANH ->
          new Interval(value, spread(function, a, value)).rounded(FUNCTION);
    };
  }

  private static double productError(Interval a, Interval b) {
    return times(a.value(), b.error()) + times(b.value(), a.error()) + times(a.error(), b.error());
  }

  /** Something exact stays exact, also beside infinity. */
  private static double times(double value, double error) {
    return error == 0 || value == 0 ? 0 : Math.abs(value) * error;
  }

  private static double quotientError(Interval a, Interval b, double value) {
    if (a.error() == 0 && b.error() == 0) {
      return 0;
    }
    double least = Math.abs(b.value()) - b.error();
    return least <= 0 ? Double.POSITIVE_INFINITY : (a.error() + times(value, b.error())) / least;
  }

  /** These functions grow all along, so that the ends of an interval are the ends of its image. */
  private static double spread(Primitive function, Interval a, double value) {
    if (a.error() == 0) {
      return 0;
    }
    double above = Math.abs(function.value(a.value() + a.error(), 0) - value);
    double below = Math.abs(function.value(a.value() - a.error(), 0) - value);
    return Math.max(above, below);
  }

  /** Where errors could turn the comparison, either branch may be taken. */
  @Override
  public Interval choose(Interval left, Interval right, Interval greater, Interval otherwise) {
    Interval taken = left.value() > right.value() ? greater : otherwise;
    boolean certain =
        Math.abs(left.value() - right.value()) > left.error() + right.error()
            || left.error() + right.error() == 0;
    double apart = Math.abs(greater.value() - otherwise.value());
    double error = Math.max(greater.error(), otherwise.error()) + apart;
    return certain ? taken : new Interval(taken.value(), error);
  }
}
