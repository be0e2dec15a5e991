package dev.graft.core.backend.plain;

/**
 * Exponential functions over rows, as polynomials in fused multiply-adds.
 *
 * <p>{@code Math.exp} and {@code Math.tanh} are calls, 30 to 100 times slower than an addition. The
 * forms below avoid whatever keeps C2 of JDK 17 from vectorising a loop: choices, conversions, and
 * moves between float and integer registers. They are cut into several short loops over a tile in
 * the level-1 cache, since one long body exceeds the node budget of the unroller, without which C2
 * does not vectorise. All operations are exactly rounded ones of IEEE 754: interpreter and compiled
 * code give the same bits.
 */
final class FastMath {

  /** Added and subtracted again, rounds a float below 2^22 in magnitude to a whole number. */
  private static final float ROUND = 0x1.8p23f;

  /** Rounds to one significant bit by Veltkamp's splitting: {@code t = v C; t - (t - v)}. */
  private static final float ONE_BIT = 0x1p23f + 1;

  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts (Cody and Waite): k times the first is exact for |k| below 2^10. */
  private static final float LN2_HIGH = 0.693145751953125f;

  private static final float LN2_LOW = 1.42860677e-6f;

  /** exp is 0 below (half the least denormal is exp(-103.97)), and infinite above 88.7228. */
  private static final float EXP_LOWEST = -104.5f;

  private static final float EXP_HIGHEST = 89f;

  /** tanh rounds to 1 from 9.01 on. */
  private static final float TANH_HIGHEST = 10f;

  /** exp(x) - 1 rounds to -1 below. */
  private static final float EXPM1_LOWEST = -18f;

  /** erf rounds to 1 from here on. */
  private static final float ERF_HIGHEST = 3.93f;

  private FastMath() {}

  /**
   * {@code y = exp(x)} for {@code x[0…n)}: {@code x = k ln2 + r} with whole k and {@code |r| <= ln2
   * / 2}, so {@code exp(x) = 2^k exp(r)}. y may be x; the others are working rows.
   */
  static void exp(float[] x, float[] y, float[] power, float[] r, int n) {
    reduce(x, EXP_LOWEST, EXP_HIGHEST, power, r, n);
    expOfRemainder(r, n);
    for (int j = 0; j < n; j++) {
      // k = 2 h + e, with e 0 or 1: 2^h stays finite and normal where 2^k is not.
      float h = Math.fma(power[j], 0.5f, -0.25f) + ROUND - ROUND;
      r[j] *= Math.fma(h, -2f, power[j]) + 1f;
      power[j] = h;
    }
    powerOfTwo(power, n);
    for (int j = 0; j < n; j++) {
      y[j] = r[j] * power[j] * power[j];
    }
  }

  /** {@code y = 1 / (1 + exp(-x))}; y may be x. */
  static void sigmoid(float[] x, float[] y, float[] power, float[] r, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = -x[j];
    }
    exp(y, y, power, r, n);
    for (int j = 0; j < n; j++) {
      y[j] = 1f / (1f + y[j]);
    }
  }

  /**
   * {@code y = tanh(x) = e / (e + 2)} with {@code e = exp(2x) - 1 = 2^k (exp(r) - 1) + (2^k - 1)},
   * which keeps all digits of a small x. y may be x.
   */
  static void tanh(float[] x, float[] y, float[] power, float[] r, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = x[j] + x[j];
    }
    reduce(y, -2 * TANH_HIGHEST, 2 * TANH_HIGHEST, power, r, n);
    for (int j = 0; j < n; j++) {
      float v = r[j];
      r[j] = Math.fma(tail(v), v * v, v);
    }
    powerOfTwo(power, n);
    for (int j = 0; j < n; j++) {
      float e = Math.fma(power[j], r[j], power[j] - 1f);
      y[j] = e / (e + 2f);
    }
  }

  /**
   * {@code y = exp(x) - 1}, below 1 as {@code 2^k (exp(r) - 1) + (2^k - 1)} like tanh, and from
   * there on, where nothing cancels, as it stands. y is not x.
   */
  static void expm1(float[] x, float[] y, float[] power, float[] r, int n) {
    exp(x, y, power, r, n);
    reduce(x, EXPM1_LOWEST, 1f, power, r, n);
    for (int j = 0; j < n; j++) {
      float v = r[j];
      r[j] = Math.fma(tail(v), v * v, v);
    }
    powerOfTwo(power, n);
    for (int j = 0; j < n; j++) {
      float small = Math.fma(power[j], r[j], power[j] - 1f);
      int large = JavaElementwise.positive(x[j] - 1f);
      y[j] = JavaElementwise.choose(large, y[j] - 1f, small);
    }
  }

  /**
   * {@code y = erf(x) = x P(x^2) / Q(x^2)}: minimax over [-3.93, 3.93], beyond which it rounds to
   * 1, to 2e-8 before rounding. All coefficients are positive, so that nothing cancels.
   */
  static void erf(float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      float v = Math.min(Math.max(x[j], -ERF_HIGHEST), ERF_HIGHEST);
      float z = v * v;
      float p = Math.fma(2.041979769e-06f, z, 2.848062723e-04f);
      p = Math.fma(p, z, 3.779526567e-03f);
      p = Math.fma(p, z, 5.279003456e-02f);
      p = Math.fma(p, z, 1.907819659e-01f);
      p = Math.fma(p, z, 1.128379107f);
      float q = Math.fma(3.800404739e-05f, z, 1.165191759e-03f);
      q = Math.fma(q, z, 1.499727368e-02f);
      q = Math.fma(q, z, 1.142567471e-01f);
      q = Math.fma(q, z, 5.024088621e-01f);
      q = Math.fma(q, z, 1f);
      y[j] = Math.min(Math.max(v * p / q, -1f), 1f);
    }
  }

  /** {@code k = round(x / ln2), r = x - k ln2}, with x first brought into bounds. */
  private static void reduce(float[] x, float low, float high, float[] k, float[] r, int n) {
    for (int j = 0; j < n; j++) {
      float v = Math.min(Math.max(x[j], low), high);
      r[j] = v;
      k[j] = Math.fma(v, LOG2_E, ROUND) - ROUND;
    }
    for (int j = 0; j < n; j++) {
      r[j] = Math.fma(k[j], -LN2_LOW, Math.fma(k[j], -LN2_HIGH, r[j]));
    }
  }

  /** {@code r = exp(r)} for {@code |r| <= ln2 / 2}. */
  private static void expOfRemainder(float[] r, int n) {
    for (int j = 0; j < n; j++) {
      float v = r[j];
      r[j] = Math.fma(tail(v), v * v, v) + 1f;
    }
  }

  /** {@code (exp(v) - 1 - v) / v^2} for {@code |v| <= ln2 / 2}; coefficients of Cephes' expf. */
  private static float tail(float v) {
    float p = Math.fma(1.9875691500e-4f, v, 1.3981999507e-3f);
    p = Math.fma(p, v, 8.3334519073e-3f);
    p = Math.fma(p, v, 4.1665795894e-2f);
    p = Math.fma(p, v, 1.6666665459e-1f);
    return Math.fma(p, v, 5.0000001201e-1f);
  }

  /**
   * {@code h = 2^h} for whole h in [-76, 65], without touching bits: a rough {@code exp(h ln2 /
   * 128)^128}, good to 3 %, rounded to one significant bit.
   */
  private static void powerOfTwo(float[] h, int n) {
    for (int j = 0; j < n; j++) {
      float u = h[j] * (0.69314718f / 128);
      float v = Math.fma(Math.fma(Math.fma(Math.fma(u, 1f / 24, 1f / 6), u, 0.5f), u, 1f), u, 1f);
      v *= v;
      v *= v;
      v *= v;
      v *= v;
      v *= v;
      v *= v;
      v *= v;
      float t = v * ONE_BIT;
      h[j] = t - (t - v);
    }
  }

  /**
   * Natural logarithm, one value at a time: it takes the exponent out of the bits, which C2 does
   * not vectorise, and only losses use it. In double, {@code log(2^e m) = e ln2 + 2 artanh((m - 1)
   * / (m + 1))} with m in [sqrt(1/2), sqrt(2)); the series of artanh ends at {@code s^15 / 15},
   * with {@code |s| < 0.172} less than 1e-14 from its limit.
   */
  static float log(float x) {
    if (!(x > 0) || x == Float.POSITIVE_INFINITY) {
      return x == 0 ? Float.NEGATIVE_INFINITY : x > 0 ? x : Float.NaN;
    }
    return (float) logOfPositive(x);
  }

  /**
   * {@code log(1 + x)}: the sum in double is off by its rounding error, which is known exactly and
   * added to first order.
   */
  static float log1p(float x) {
    double sum = 1.0 + x;
    if (!(sum > 0) || x == Float.POSITIVE_INFINITY) {
      return sum == 0 ? Float.NEGATIVE_INFINITY : sum > 0 ? x : Float.NaN;
    }
    return (float) (logOfPositive(sum) + (x - (sum - 1)) / sum);
  }

  private static double logOfPositive(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int e = (int) (bits >>> 52) - 1023;
    double m = Double.longBitsToDouble(bits & 0xFFFFFFFFFFFFFL | 0x3FF0000000000000L);
    if (m > 1.4142135623730951) {
      m *= 0.5;
      e++;
    }
    double s = (m - 1) / (m + 1);
    double z = s * s;
    double p = 1.0 / 15;
    for (int odd = 13; odd >= 1; odd -= 2) {
      p = Math.fma(p, z, 1.0 / odd);
    }
    return Math.fma(e, 0.6931471805599453, 2 * s * p);
  }
}
