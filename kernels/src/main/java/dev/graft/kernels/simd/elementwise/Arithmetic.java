package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * One operation of IEEE 754 on runs of floats, or on a run and one number. The result may be an
 * operand at the same offset.
 */
public final class Arithmetic {

  private Arithmetic() {}

  /** {@code y = a + b}. */
  public static void add(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
      u.add(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] + b[bo + i];
    }
  }

  /** {@code y = a - b}. */
  public static void subtract(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
      u.sub(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] - b[bo + i];
    }
  }

  /** {@code y = a * b}. */
  public static void multiply(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
      u.mul(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] * b[bo + i];
    }
  }

  /** {@code y = a / b}. */
  public static void divide(int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector u = FloatVector.fromArray(FLOATS, a, ao + i);
      u.div(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] / b[bo + i];
    }
  }

  /** {@code y = a + b} with one number b. */
  public static void add(int n, float[] a, int ao, float b, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector.fromArray(FLOATS, a, ao + i).add(b).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] + b;
    }
  }

  /** {@code y = a * b} with one number b. */
  public static void multiply(int n, float[] a, int ao, float b, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector.fromArray(FLOATS, a, ao + i).mul(b).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] * b;
    }
  }

  /** {@code y = a / b} with one number b. */
  public static void divide(int n, float[] a, int ao, float b, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector.fromArray(FLOATS, a, ao + i).div(b).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a[ao + i] / b;
    }
  }

  /** {@code y = a - b} with one number a. */
  static void subtract(int n, float a, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    FloatVector u = FloatVector.broadcast(FLOATS, a);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      u.sub(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a - b[bo + i];
    }
  }

  /** {@code y = a / b} with one number a. */
  public static void divide(int n, float a, float[] b, int bo, float[] y, int yo) {
    int i = 0;
    FloatVector u = FloatVector.broadcast(FLOATS, a);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      u.div(FloatVector.fromArray(FLOATS, b, bo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = a / b[bo + i];
    }
  }

  /** {@code y += alpha x}. */
  public static void addScaled(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    FloatVector factor = FloatVector.broadcast(FLOATS, alpha);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, y, yo + i);
      FloatVector.fromArray(FLOATS, x, xo + i).fma(factor, sum).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i], alpha, y[yo + i]);
    }
  }
}
