package dev.graft.core.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arithmetic on one element, written as text: {@code x > 0 ? x : alpha * x}. A {@link UnaryOp} is
 * two of them. Each backend reads them in its own way, as double precision, as loops over rows, as
 * OpenCL C, through {@link Reading}.
 *
 * <p>A formula has numbers, {@link Variable}s, {@code + - * /}, the functions of {@link Primitive}
 * and a choice {@code a > b ? c : d}, which is d where a or b is NaN. Parts that occur several
 * times are named in front: {@code s = sigmoid(x); dy * s * (1 - s)}.
 */
public sealed interface Formula {

  /**
   * Reads a formula.
   *
   * @throws IllegalArgumentException if the text is none, with what was expected where
   */
  static Formula of(String text) {
    return new FormulaText(text).formula();
  }

  /**
   * The value in double precision.
   *
   * @param operand what x and y stand for: no formula reads both
   */
  double value(double alpha, double beta, double operand, double dy);

  /** The formulas that this one is made of. */
  List<Formula> parts();

  /** What this formula is to {@code reading}, given what its parts are. */
  <T> T meaning(Reading<T> reading, List<T> parts);

  /** What this formula is to {@code reading}; parts that are equal are read once. */
  default <T> T read(Reading<T> reading) {
    return read(reading, new HashMap<>());
  }

  private <T> T read(Reading<T> reading, Map<Formula, T> done) {
    T known = done.get(this);
    if (known != null) {
      return known;
    }
    List<T> read = new ArrayList<>();
    for (Formula part : parts()) {
      read.add(part.read(reading, done));
    }
    T meaning = meaning(reading, read);
    done.put(this, meaning);
    return meaning;
  }

  /** Whether a variable occurs. */
  default boolean reads(Variable variable) {
    return equals(variable) || parts().stream().anyMatch(part -> part.reads(variable));
  }

  /**
   * A way to understand formulas.
   *
   * @param <T> what a formula is in it
   */
  interface Reading<T> {

    /** A number. */
    T number(double value);

    /** A variable. */
    T variable(Variable variable);

    /** A function of one argument or two. */
    T call(Primitive function, List<T> arguments);

    /** {@code left > right ? greater : otherwise}. */
    T choose(T left, T right, T greater, T otherwise);
  }

  /** What a formula may depend on. */
  enum Variable implements Formula {
    /** The function's input. */
    X,
    /** The function's output. */
    Y,
    /** The gradient of the output. */
    DY,
    /** The function's first coefficient. */
    ALPHA,
    /** The function's second coefficient. */
    BETA;

    @Override
    public double value(double alpha, double beta, double operand, double dy) {
      return switch (this) {
        case X, Y -> operand;
        case DY -> dy;
        case ALPHA -> alpha;
        case BETA -> beta;
      };
    }

    @Override
    public List<Formula> parts() {
      return List.of();
    }

    @Override
    public <T> T meaning(Reading<T> reading, List<T> parts) {
      return reading.variable(this);
    }
  }

  /** A number. */
  record Constant(double number) implements Formula {

    @Override
    public double value(double alpha, double beta, double operand, double dy) {
      return number;
    }

    @Override
    public List<Formula> parts() {
      return List.of();
    }

    @Override
    public <T> T meaning(Reading<T> reading, List<T> parts) {
      return reading.number(number);
    }
  }

  /** A function of one argument. */
  record Call(Primitive function, Formula argument) implements Formula {

    @Override
    public double value(double alpha, double beta, double operand, double dy) {
      return function.value(argument.value(alpha, beta, operand, dy), 0);
    }

    @Override
    public List<Formula> parts() {
      return List.of(argument);
    }

    @Override
    public <T> T meaning(Reading<T> reading, List<T> parts) {
      return reading.call(function, parts);
    }
  }

  /** A function of two arguments. */
  record Pair(Primitive function, Formula first, Formula second) implements Formula {

    @Override
    public double value(double alpha, double beta, double operand, double dy) {
      return function.value(
          first.value(alpha, beta, operand, dy), second.value(alpha, beta, operand, dy));
    }

    @Override
    public List<Formula> parts() {
      return List.of(first, second);
    }

    @Override
    public <T> T meaning(Reading<T> reading, List<T> parts) {
      return reading.call(function, parts);
    }
  }

  /** {@code left > right ? greater : otherwise}. */
  record Choice(Formula left, Formula right, Formula greater, Formula otherwise)
      implements Formula {

    @Override
    public double value(double alpha, double beta, double operand, double dy) {
      boolean isGreater =
          left.value(alpha, beta, operand, dy) > right.value(alpha, beta, operand, dy);
      return (isGreater ? greater : otherwise).value(alpha, beta, operand, dy);
    }

    @Override
    public List<Formula> parts() {
      return List.of(left, right, greater, otherwise);
    }

    @Override
    public <T> T meaning(Reading<T> reading, List<T> parts) {
      return reading.choose(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    }
  }
}
