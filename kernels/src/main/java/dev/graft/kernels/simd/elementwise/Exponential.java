package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function as a polynomial in fused multiply-adds. {@code lanewise(EXP)} calls
 * another function once C2 has compiled the loop, with other last bits. Here every operation is an
 * exactly rounded one of IEEE 754, so that interpreter, both compilers, every width and the
 * remainder of a loop agree.
 *
 * <p>{@code x = k ln2 + r} with whole k and {@code |r| <= ln2 / 2}, so {@code exp(x) = 2^k exp(r)}.
 */
public final class Exponential {

  /** Added, leaves a float below 2^22 in magnitude rounded to a whole number in its low bits. */
  static final float ROUND = 0x1.8p23f;

  /** The bits of {@link #ROUND}. */
  static final int ROUND_BITS = 0x4B400000;

  static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts (Cody and Waite): k times the first is exact for |k| below 2^10. */
  static final float LN2_HIGH = 0.693145751953125f;

  static final float LN2_LOW = 1.42860677e-6f;

  /** {@code exp(r) = 1 + r + r^2 (C0 + C1 r + …)}: the coefficients of Cephes' expf. */
  static final float C0 = 5.0000001201e-1f;

  static final float C1 = 1.6666665459e-1f;
  static final float C2 = 4.1665795894e-2f;
  static final float C3 = 8.3334519073e-3f;
  static final float C4 = 1.3981999507e-3f;
  static final float C5 = 1.9875691500e-4f;

  /** exp is 0 below (half the least denormal is exp(-103.97)), and infinite above 88.7228. */
  private static final float LOWEST = -104.5f;

  private static final float HIGHEST = 89f;

  private static final int BIAS = 127;
  private static final int MANTISSA = 23;

  /** Elements that pass through two loops before they leave the level-1 cache. */
  private static final int TILE = 2048;

  private Exponential() {}

  /** {@code y = exp(scale x + shift)}; y may be x at the same offset. */
  public static void exp(int n, float scale, float shift, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      exp(FloatVector.fromArray(FLOATS, x, xo + i).fma(scale, shift)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = exp(Math.fma(x[xo + i], scale, shift));
    }
  }

  /** A vector of values. */
  static FloatVector exp(FloatVector x) {
    FloatVector v = x.blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
    v = v.blend(HIGHEST, v.compare(VectorOperators.GT, HIGHEST));
    FloatVector round = FloatVector.broadcast(FLOATS, ROUND);
    FloatVector rounded = v.fma(FloatVector.broadcast(FLOATS, LOG2_E), round);
    FloatVector k = rounded.sub(round);
    FloatVector r = k.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), v);
    r = k.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    return scaled(tail(r).fma(r.mul(r), r).add(1f), rounded);
  }

  private static FloatVector tail(FloatVector r) {
    FloatVector p = r.fma(C5, C4);
    p = p.fma(r, FloatVector.broadcast(FLOATS, C3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, C2));
    p = p.fma(r, FloatVector.broadcast(FLOATS, C1));
    return p.fma(r, FloatVector.broadcast(FLOATS, C0));
  }

  /** {@code p 2^k} in two factors: each is finite and normal where 2^k is not. */
  private static FloatVector scaled(FloatVector p, FloatVector rounded) {
    IntVector whole = rounded.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = whole.sub(half);
    IntVector first = half.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA);
    IntVector second = rest.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA);
    return p.mul(first.reinterpretAsFloats()).mul(second.reinterpretAsFloats());
  }

  /** One value, by the same operations. */
  static float exp(float x) {
    float v = x < LOWEST ? LOWEST : x;
    v = v > HIGHEST ? HIGHEST : v;
    float rounded = Math.fma(v, LOG2_E, ROUND);
    float k = rounded - ROUND;
    float r = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, v));
    float p = Math.fma(tail(r), r * r, r) + 1f;
    int whole = Float.floatToRawIntBits(rounded) - ROUND_BITS;
    int half = whole >> 1;
    return p * powerOfTwo(half) * powerOfTwo(whole - half);
  }

  /** {@code (exp(r) - 1 - r) / r^2}. */
  static float tail(float r) {
    float p = Math.fma(r, C5, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, C1);
    return Math.fma(p, r, C0);
  }

  static float powerOfTwo(int k) {
    return Float.intBitsToFloat((k + BIAS) << MANTISSA);
  }

  /** {@code y = 1 / (1 + exp(-x))}; y may be x at the same offset. */
  static void sigmoid(int n, float[] x, int xo, float[] y, int yo) {
    for (int from = 0; from < n; from += TILE) {
      int width = Math.min(TILE, n - from);
      exp(width, -1f, 0f, x, xo + from, y, yo + from);
      reciprocalOfSuccessor(width, y, yo + from);
    }
  }

  private static void reciprocalOfSuccessor(int n, float[] y, int yo) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      one.div(FloatVector.fromArray(FLOATS, y, yo + i).add(1f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = 1f / (y[yo + i] + 1f);
    }
  }
}
