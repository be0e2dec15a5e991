package dev.graft.kernels.opencl.runtime;

import dev.graft.core.backend.Formula;
import dev.graft.core.backend.Primitive;
import dev.graft.core.backend.UnaryOp;
import java.util.List;
import java.util.Locale;

/**
 * OpenCL C for the formulas of all {@link UnaryOp}s: a line each, behind {@code elementwise.cl}.
 */
public final class FunctionSource implements Formula.Reading<String> {

  private FunctionSource() {}

  /** {@code UNARY(relu, larger(x, 0.0f))} and {@code GRADIENT(relu, …)} for every function. */
  public static String text() {
    FunctionSource reading = new FunctionSource();
    StringBuilder text = new StringBuilder();
    for (UnaryOp op : UnaryOp.values()) {
      String name = lower(op);
      text.append("UNARY(").append(name).append(", ");
      text.append(op.value().read(reading)).append(")\n");
      text.append("GRADIENT(").append(name).append(", ");
      text.append(op.gradient().read(reading)).append(")\n");
    }
    return text.toString();
  }

  /** The name of a function in the names of its kernels. */
  public static String lower(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String number(double value) {
    return (float) value + "f";
  }

  @Override
  public String variable(Formula.Variable variable) {
    // The kernels have one name for what was saved.
    return variable == Formula.Variable.Y ? "x" : lower(variable);
  }

  @Override
  public String call(Primitive function, List<String> arguments) {
    String a = arguments.get(0);
    String b = arguments.get(arguments.size() - 1);
    return switch (function) {
      case PLUS -> "(" + a + " + " + b + ")";
      case MINUS -> "(" + a + " - " + b + ")";
      case TIMES -> "(" + a + " * " + b + ")";
      case OVER -> "(" + a + " / " + b + ")";
      case NEGATE -> "(-" + a + ")";
      case MAX -> "larger(" + a + ", " + b + ")";
      case MIN -> "smaller(" + a + ", " + b + ")";
      case ABS -> "fabs(" + a + ")";
      case SIGMOID -> "(1.0f / (1.0f + exp(-" + a + ")))";
      case TANH -> "saturating_tanh(" + a + ")";
      case SQRT, EXP, EXPM1, LOG, LOG1P, ERF, SIN, COS, ATAN, FLOOR ->
          lower(function) + "(" + a + ")";
    };
  }

  @Override
  public String choose(String left, String right, String greater, String otherwise) {
    return "(" + left + " > " + right + " ? " + greater + " : " + otherwise + ")";
  }
}
