package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions that are a few exact operations. A choice is a comparison and a blend: a maximum that
 * heeds NaN takes five instructions on x86, and here an unordered comparison keeps NaN by itself.
 */
public final class Piecewise {

  private Piecewise() {}

  /** {@code y = alpha x + beta}. */
  public static void affine(int n, float alpha, float beta, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector.fromArray(FLOATS, x, xo + i).fma(alpha, beta).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = Math.fma(x[xo + i], alpha, beta);
    }
  }

  static void relu(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      y[yo + i] = v <= 0 ? 0 : v;
    }
  }

  static void leakyRelu(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v.blend(v.mul(alpha), v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      y[yo + i] = v <= 0 ? v * alpha : v;
    }
  }

  static void clip(int n, float low, float high, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v = v.blend(low, v.compare(VectorOperators.LE, low));
      v.blend(high, v.compare(VectorOperators.GE, high)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      v = v <= low ? low : v;
      y[yo + i] = v >= high ? high : v;
    }
  }

  /**
   * {@code y = min(max(alpha x + beta, low), high)}, as {@link #affine} and {@link #clip} have it.
   */
  public static void clippedAffine(
      int n, float alpha, float beta, float low, float high, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i).fma(alpha, beta);
      v = v.blend(low, v.compare(VectorOperators.LE, low));
      v.blend(high, v.compare(VectorOperators.GE, high)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = Math.fma(x[xo + i], alpha, beta);
      v = v <= low ? low : v;
      y[yo + i] = v >= high ? high : v;
    }
  }

  /** {@code y = 1 / sqrt(x + alpha)}; root and quotient are exactly rounded everywhere. */
  static void rsqrt(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      one.div(v.add(alpha).lanewise(VectorOperators.SQRT)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = 1f / (float) Math.sqrt(x[xo + i] + alpha);
    }
  }
}
