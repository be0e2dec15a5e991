package dev.graft.core.backend.plain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Primitive;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FastMathTest {

  private static final int N = 1000;

  @FunctionalInterface
  private interface Row {
    void run(float[] x, float[] y, int n);
  }

  private static void exp(float[] x, float[] y, int n) {
    FastMath.exp(x, y, new float[n], new float[n], n);
  }

  private static void tanh(float[] x, float[] y, int n) {
    FastMath.tanh(x, y, new float[n], new float[n], n);
  }

  private static void sigmoid(float[] x, float[] y, int n) {
    FastMath.sigmoid(x, y, new float[n], new float[n], n);
  }

  private static void log(float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = FastMath.log(x[j]);
    }
  }

  /** Largest error over an even grid, in units in the last place of the true value. */
  private static double worstUlps(Row row, DoubleUnaryOperator truth, double from, double to) {
    float[] x = new float[N];
    float[] y = new float[N];
    double worst = 0;
    int rounds = 300;
    for (int round = 0; round < rounds; round++) {
      for (int j = 0; j < N; j++) {
        x[j] = (float) (from + (to - from) * (round * N + j) / (rounds * N));
      }
      row.run(x, y, N);
      for (int j = 0; j < N; j++) {
        double expected = truth.applyAsDouble(x[j]);
        worst = Math.max(worst, Math.abs(y[j] - expected) / Math.ulp((float) expected));
      }
    }
    return worst;
  }

  // The remainder r is off by the rounding of k LN2_LOW (under 2^-30 absolute), the polynomial by
  // under 2^-26 relative, and the last addition rounds to 1/2 ulp, where p < 1 doubles an ulp's
  // relative size: 1.5 ulp covers them.
  @Test
  void exp_isWithinOneAndAHalfUlps() {
    assertThat(worstUlps(FastMathTest::exp, StrictMath::exp, -87, 88.7)).isLessThan(1.5);
    assertThat(worstUlps(FastMathTest::exp, StrictMath::exp, -2, 2)).isLessThan(1.5);
  }

  // One more rounding of a result that may have one significant bit.
  @Test
  void exp_ofDenormalResults_isWithinOneAndAHalfUlps() {
    assertThat(worstUlps(FastMathTest::exp, StrictMath::exp, -104, -87)).isLessThan(1.5);
  }

  @Test
  void exp_ofSpecialValues() {
    float[] x = {
      0f,
      -0f,
      Float.NEGATIVE_INFINITY,
      Float.POSITIVE_INFINITY,
      Float.NaN,
      88.8f,
      -104.1f,
      1e-40f,
      Float.MAX_VALUE,
      -Float.MAX_VALUE
    };
    exp(x, x, x.length);
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(x).containsExactly(1f, 1f, 0f, infinity, Float.NaN, infinity, 0f, 1f, infinity, 0f);
  }

  // exp's error, one addition and one division of 1/2 ulp each; for positive x an error of exp
  // counts less, for negative x fully: 1.5 + 0.5 + 0.5 in relative size at most doubled.
  @Test
  void sigmoid_isWithinFourUlps() {
    DoubleUnaryOperator truth = x -> 1 / (1 + StrictMath.exp(-x));
    assertThat(worstUlps(FastMathTest::sigmoid, truth, -87, 20)).isLessThan(4);
    assertThat(worstUlps(FastMathTest::sigmoid, truth, -3, 3)).isLessThan(4);
  }

  @Test
  void sigmoid_ofSpecialValues() {
    float[] x = {0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, -200f, 200f};
    sigmoid(x, x, x.length);
    assertThat(x).containsExactly(0.5f, 0f, 1f, Float.NaN, 0f, 1f);
  }

  // e = exp(2x) - 1 within about 1.5 ulp (cancellation at k = -1 costs a factor of at most 2), the
  // addition and the division 1/2 ulp each, whose relative size may double.
  @Test
  void tanh_isWithinFourUlps_alsoNearZero() {
    assertThat(worstUlps(FastMathTest::tanh, StrictMath::tanh, -12, 12)).isLessThan(4);
    assertThat(worstUlps(FastMathTest::tanh, StrictMath::tanh, -0.4, 0.4)).isLessThan(4);
    assertThat(worstUlps(FastMathTest::tanh, StrictMath::tanh, -1e-5, 1e-5)).isLessThan(4);
    assertThat(worstUlps(FastMathTest::tanh, StrictMath::tanh, -1e-30, 1e-30)).isLessThan(4);
  }

  @Test
  void tanh_ofSpecialValues() {
    float[] x = {
      0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, 1e-40f, -Float.MAX_VALUE
    };
    tanh(x, x, x.length);
    assertThat(x).containsExactly(0f, -1f, 1f, Float.NaN, 1e-40f, -1f);
  }

  // The result is a double with an error far below a float's ulp, rounded once.
  @Test
  void log_isCorrectlyRoundedUpToTies() {
    assertThat(worstUlps(FastMathTest::log, StrictMath::log, 1e-6, 4)).isLessThan(0.51);
    assertThat(worstUlps(FastMathTest::log, StrictMath::log, 1, 1e30)).isLessThan(0.51);
    assertThat(worstUlps(FastMathTest::log, StrictMath::log, 1e-45, 1e-37)).isLessThan(0.51);
  }

  @Test
  void log_ofSpecialValues() {
    assertThat(FastMath.log(0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(FastMath.log(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(FastMath.log(-1f)).isNaN();
    assertThat(FastMath.log(Float.NaN)).isNaN();
    assertThat(FastMath.log(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(FastMath.log(1f)).isZero();
  }

  // Six roundings count in full: the square, the last of each polynomial (their terms are positive,
  // and those before count for less), the product, the quotient, and the fit's 2e-8.
  @Test
  void erf_isWithinSixUlps_alsoNearZero() {
    DoubleUnaryOperator truth = x -> Primitive.ERF.value(x, 0);
    Row erf = FastMath::erf;
    assertThat(worstUlps(erf, truth, -5, 5)).isLessThan(6);
    assertThat(worstUlps(erf, truth, -0.5, 0.5)).isLessThan(6);
    assertThat(worstUlps(erf, truth, -1e-30, 1e-30)).isLessThan(6);
  }

  @Test
  void erf_ofSpecialValues() {
    float[] x = {0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, -5f, 1e30f};
    float[] y = new float[x.length];
    FastMath.erf(x, y, x.length);
    assertThat(y).containsExactly(0f, -1f, 1f, Float.NaN, -1f, 1f);
  }

  // As tanh's e; from 1 on exp's 1.5 ulps and a difference that cancels at most a bit.
  @Test
  void expm1_isWithinFourUlps_alsoNearZero() {
    Row expm1 = (x, y, n) -> FastMath.expm1(x, y, new float[n], new float[n], n);
    assertThat(worstUlps(expm1, StrictMath::expm1, -20, 80)).isLessThan(4);
    assertThat(worstUlps(expm1, StrictMath::expm1, -1.5, 1.5)).isLessThan(4);
    assertThat(worstUlps(expm1, StrictMath::expm1, -1e-30, 1e-30)).isLessThan(4);
  }

  @Test
  void expm1_ofSpecialValues() {
    float[] x = {0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, -200f, 200f};
    float[] y = new float[x.length];
    FastMath.expm1(x, y, new float[x.length], new float[x.length], x.length);
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(y).containsExactly(0f, -1f, infinity, Float.NaN, -1f, infinity);
  }

  @Test
  void log1p_isCorrectlyRoundedUpToTies() {
    assertThat(worstUlps(FastMathTest::log1p, StrictMath::log1p, -0.99, 4)).isLessThan(0.51);
    assertThat(worstUlps(FastMathTest::log1p, StrictMath::log1p, -1e-7, 1e-7)).isLessThan(0.51);
    assertThat(worstUlps(FastMathTest::log1p, StrictMath::log1p, 1, 1e30)).isLessThan(0.51);
  }

  private static void log1p(float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = FastMath.log1p(x[j]);
    }
  }
}
