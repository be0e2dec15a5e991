package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The natural logarithm: {@code x = 2^e m} with m in [sqrt(1/2), sqrt(2)), so {@code log(x) = e ln2
 * + log(m)}, and log(m) is a polynomial in {@code m - 1} with the coefficients of Cephes' logf.
 */
public final class Logarithm {

  /** Bits of sqrt(1/2): subtracted, carries into the exponent exactly where m is in bounds. */
  private static final int HALF_ROOT = 0x3F3504F3;

  private static final int MANTISSA = 23;

  /** Brings a denormal number among the normal ones. */
  private static final float UP = 0x1p23f;

  /** ln 2 in two parts: the first has few digits, so that its product with e is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float C0 = 3.3333331174e-1f;
  private static final float C1 = -2.4999993993e-1f;
  private static final float C2 = 2.0000714765e-1f;
  private static final float C3 = -1.6668057665e-1f;
  private static final float C4 = 1.4249322787e-1f;
  private static final float C5 = -1.2420140846e-1f;
  private static final float C6 = 1.1676998740e-1f;
  private static final float C7 = -1.1514610310e-1f;
  private static final float C8 = 7.0376836292e-2f;

  private Logarithm() {}

  /** {@code y = log(x)}; y may be x at the same offset. */
  public static void log(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      IntVector bits =
          v.blend(v.mul(UP), v.compare(VectorOperators.LT, Float.MIN_NORMAL)).reinterpretAsInts();
      IntVector exponent = bits.sub(HALF_ROOT).lanewise(VectorOperators.ASHR, MANTISSA);
      FloatVector m =
          bits.sub(exponent.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsFloats();
      FloatVector e =
          exponent.add(Exponential.ROUND_BITS).reinterpretAsFloats().sub(Exponential.ROUND);
      e = e.blend(e.sub((float) MANTISSA), v.compare(VectorOperators.LT, Float.MIN_NORMAL));
      FloatVector f = m.sub(1f);
      FloatVector p = f.fma(C8, C7);
      p = p.fma(f, FloatVector.broadcast(FLOATS, C6));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C5));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C4));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C3));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C2));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C1));
      p = p.fma(f, FloatVector.broadcast(FLOATS, C0));
      FloatVector square = f.mul(f);
      FloatVector rest = p.mul(f).fma(square, e.mul(LN2_LOW));
      rest = square.fma(FloatVector.broadcast(FLOATS, -0.5f), rest);
      FloatVector log = e.fma(FloatVector.broadcast(FLOATS, LN2_HIGH), f.add(rest));
      // Infinity and NaN are their own logarithms.
      log = v.blend(log, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      log = log.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
      log.blend(Float.NaN, v.compare(VectorOperators.LT, 0f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = log(x[xo + i]);
    }
  }

  /** One value, by the same operations. */
  public static float log(float x) {
    if (!(x > 0 && x < Float.POSITIVE_INFINITY)) {
      return x == 0 ? Float.NEGATIVE_INFINITY : x < 0 ? Float.NaN : x;
    }
    boolean small = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(small ? x * UP : x);
    int exponent = (bits - HALF_ROOT) >> MANTISSA;
    float e = exponent - (small ? MANTISSA : 0);
    float f = Float.intBitsToFloat(bits - (exponent << MANTISSA)) - 1f;
    float p = Math.fma(f, C8, C7);
    p = Math.fma(p, f, C6);
    p = Math.fma(p, f, C5);
    p = Math.fma(p, f, C4);
    p = Math.fma(p, f, C3);
    p = Math.fma(p, f, C2);
    p = Math.fma(p, f, C1);
    p = Math.fma(p, f, C0);
    float square = f * f;
    float rest = Math.fma(p * f, square, e * LN2_LOW);
    rest = Math.fma(square, -0.5f, rest);
    return Math.fma(e, LN2_HIGH, f + rest);
  }
}
