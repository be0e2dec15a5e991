package dev.graft.core.backend;

/**
 * Exponential functions in float arithmetic: the same FMAs in the interpreter and in compiled code,
 * so results repeat, and several times faster than {@link Math#exp}.
 */
final class FastMath {

  private FastMath() {}

  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts: the first has few enough bits that a small multiple of it is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and subtracting 1.5 * 2^23 rounds a float to the nearest whole number. */
  private static final float ROUND = 12582912f;

  /**
   * {@code exp(x)} to within 2 units in the last place: {@code 2^n exp(r)} with {@code n = round(x
   * / ln 2)} and the minimax polynomial of Cephes' expf on {@code |r| <= ln 2 / 2}. The scale is
   * applied in two halves, so that results reach down to denormals and up to infinity.
   */
  static float exp(float x) {
    float clamped = Math.max(-104f, Math.min(89f, x));
    float n = clamped * LOG2_E + ROUND - ROUND;
    float r = Math.fma(n, -LN2_HIGH, clamped);
    r = Math.fma(n, -LN2_LOW, r);
    float p = 1.9875691500e-4f;
    p = Math.fma(p, r, 1.3981999507e-3f);
    p = Math.fma(p, r, 8.3334519073e-3f);
    p = Math.fma(p, r, 4.1665795894e-2f);
    p = Math.fma(p, r, 1.6666665459e-1f);
    p = Math.fma(p, r, 5.0000001201e-1f);
    float e = Math.fma(p * r, r, r) + 1;
    int whole = (int) n;
    int half = whole >> 1;
    return e
        * Float.intBitsToFloat((half + 127) << 23)
        * Float.intBitsToFloat((whole - half + 127) << 23);
  }

  /** {@code 1 / (1 + exp(-x))}. */
  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  /**
   * {@code tanh(x)}: Cephes' odd polynomial for {@code |x| < 0.625}, where the difference below
   * would cancel, and {@code 1 - 2 / (exp(2|x|) + 1)} with the sign of x elsewhere.
   */
  static float tanh(float x) {
    float size = Math.abs(x);
    if (size < 0.625f) {
      float s = x * x;
      float p = -5.70498872745e-3f;
      p = Math.fma(p, s, 2.06390887954e-2f);
      p = Math.fma(p, s, -5.37397155531e-2f);
      p = Math.fma(p, s, 1.33314422036e-1f);
      p = Math.fma(p, s, -3.33332819422e-1f);
      return Math.fma(p * s, x, x);
    }
    return Math.copySign(1 - 2 / (exp(2 * size) + 1), x);
  }
}
