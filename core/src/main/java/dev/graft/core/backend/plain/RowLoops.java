package dev.graft.core.backend.plain;

import dev.graft.core.backend.Primitive;

/** What a {@link RowFormula} is made of: a loop for each primitive, over arrays of their own. */
final class RowLoops {

  private RowLoops() {}

  /**
   * {@code y = function(a, b)}. y is none of the operands.
   *
   * @param b not read by a function of one argument
   * @param power a working row
   * @param rest a working row
   */
  static void run(
      Primitive function, float[] a, float[] b, float[] y, float[] power, float[] rest, int n) {
    switch (function) {
      case PLUS -> plus(a, b, y, n);
      case MINUS -> minus(a, b, y, n);
      case TIMES -> times(a, b, y, n);
      case OVER -> over(a, b, y, n);
      case MAX -> max(a, b, y, n);
      case MIN -> min(a, b, y, n);
      case NEGATE -> negate(a, y, n);
      case ABS -> abs(a, y, n);
      case SQRT -> sqrt(a, y, n);
      case EXP -> FastMath.exp(a, y, power, rest, n);
      case EXPM1 -> FastMath.expm1(a, y, power, rest, n);
      case LOG -> log(a, y, n);
      case LOG1P -> log1p(a, y, n);
      case SIGMOID -> FastMath.sigmoid(a, y, power, rest, n);
      case TANH -> FastMath.tanh(a, y, power, rest, n);
      case ERF -> FastMath.erf(a, y, n);
      case SIN -> sin(a, y, n);
      case COS -> cos(a, y, n);
      case ATAN -> atan(a, y, n);
      case FLOOR -> floor(a, y, n);
    }
  }

  static void fill(float[] y, float value, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = value;
    }
  }

  /** {@code y = left > right ? greater : otherwise}; a difference is positive, or not a number. */
  static void choose(
      float[] left, float[] right, float[] greater, float[] otherwise, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      int mask = JavaElementwise.positive(left[j] - right[j]);
      y[j] = JavaElementwise.choose(mask, greater[j], otherwise[j]);
    }
  }

  private static void atan(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = (float) StrictMath.atan(a[j]);
    }
  }

  private static void floor(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = (float) Math.floor(a[j]);
    }
  }

  private static void plus(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = a[j] + b[j];
    }
  }

  private static void minus(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = a[j] - b[j];
    }
  }

  private static void times(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = a[j] * b[j];
    }
  }

  private static void over(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = a[j] / b[j];
    }
  }

  private static void max(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = Math.max(a[j], b[j]);
    }
  }

  private static void min(float[] a, float[] b, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = Math.min(a[j], b[j]);
    }
  }

  private static void negate(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = -a[j];
    }
  }

  private static void abs(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = Math.abs(a[j]);
    }
  }

  private static void sqrt(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = (float) Math.sqrt(a[j]);
    }
  }

  private static void log(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = FastMath.log(a[j]);
    }
  }

  private static void log1p(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = FastMath.log1p(a[j]);
    }
  }

  // StrictMath: interpreter and compiled code have different sines in Math.

  private static void sin(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = (float) StrictMath.sin(a[j]);
    }
  }

  private static void cos(float[] a, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = (float) StrictMath.cos(a[j]);
    }
  }
}
