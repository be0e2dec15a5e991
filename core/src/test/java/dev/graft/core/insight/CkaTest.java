package dev.graft.core.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The likeness of layers, by its formula over units and by what it must not depend on. */
class CkaTest {

  private static float[][] random(int n, int d, long seed) {
    Random random = new Random(seed);
    float[][] x = new float[n][d];
    for (float[] row : x) {
      for (int k = 0; k < d; k++) {
        row[k] = (float) random.nextGaussian() + k;
      }
    }
    return x;
  }

  /** {@code |Y^T X|² / (|X^T X| |Y^T Y|)} of centred columns. */
  private static double byUnits(float[][] x, float[][] y) {
    double[][] a = centred(x);
    double[][] b = centred(y);
    return square(a, b) / Math.sqrt(square(a, a) * square(b, b));
  }

  private static double[][] centred(float[][] x) {
    double[][] c = new double[x.length][x[0].length];
    for (int k = 0; k < x[0].length; k++) {
      double mean = 0;
      for (float[] row : x) {
        mean += row[k] / (double) x.length;
      }
      for (int i = 0; i < x.length; i++) {
        c[i][k] = x[i][k] - mean;
      }
    }
    return c;
  }

  private static double square(double[][] a, double[][] b) {
    double sum = 0;
    for (int j = 0; j < a[0].length; j++) {
      for (int k = 0; k < b[0].length; k++) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
          dot += a[i][j] * b[i][k];
        }
        sum += dot * dot;
      }
    }
    return sum;
  }

  @Test
  void itIsTheFormulaOfThePaper() {
    float[][] x = random(20, 5, 1);
    float[][] y = random(20, 9, 2);
    assertThat(Cka.of(x).with(Cka.of(y))).isCloseTo(byUnits(x, y), within(1e-12));
    assertThat(Cka.of(x).with(Cka.of(x))).isCloseTo(1, within(1e-12));
  }

  @Test
  void rotationScaleAndShift_changeNothing_noiseDoes() {
    float[][] x = random(50, 2, 3);
    float[][] turned = new float[50][2];
    for (int i = 0; i < 50; i++) {
      turned[i][0] = 3 * (0.6f * x[i][0] - 0.8f * x[i][1]) + 7;
      turned[i][1] = 3 * (0.8f * x[i][0] + 0.6f * x[i][1]) - 1;
    }
    // Floats of about 10 carry 1e-6.
    assertThat(Cka.of(x).with(Cka.of(turned))).isCloseTo(1, within(1e-5));
    assertThat(Cka.of(x).with(Cka.of(random(50, 2, 4)))).isBetween(0.0, 0.3);
  }

  @Test
  void aLayerThatAnswersTheSameToAll_isLikeNothing_andOthersExamplesAreRefused() {
    float[][] same = new float[5][3];
    assertThat(Cka.of(same).with(Cka.of(random(5, 3, 1)))).isNaN();
    assertThatThrownBy(() -> Cka.of(random(5, 3, 1)).with(Cka.of(random(6, 3, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 and 6");
  }
}
