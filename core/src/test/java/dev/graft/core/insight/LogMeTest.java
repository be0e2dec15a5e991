package dev.graft.core.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what {@code tests/golden/logme.py} computes with NumPy, by the definition. */
class LogMeTest {

  /** What the script makes too. */
  private static float[][] features(int n, int d, boolean telling) {
    float[][] f = new float[n][d];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < d; k++) {
        f[i][k] = (float) Math.sin(0.7 * i * (k + 1) + 0.3 * k * k);
      }
      if (telling) {
        f[i][i % 3] += 1.5f;
      }
    }
    return f;
  }

  private static int[] labels(int n) {
    int[] labels = new int[n];
    Arrays.setAll(labels, i -> i % 3);
    return labels;
  }

  @ParameterizedTest
  @CsvSource({"30, 8, false, -0.77992117", "30, 8, true, -0.26861266", "12, 20, true, -0.38158698"})
  void score_isWhatNumPyFinds(int n, int d, boolean telling, double expected) {
    // The script refines its grid to 1e-5, where a maximum is flat: 1e-7 is far above both errors.
    assertThat(LogMe.score(features(n, d, telling), labels(n), 3))
        .isCloseTo(expected, within(1e-7));
  }

  @Test
  void featuresThatTellMore_scoreHigher() {
    int[] labels = labels(90);
    double last = Double.NEGATIVE_INFINITY;
    for (double signal : new double[] {0, 1, 2, 4}) {
      Random random = new Random(3);
      float[][] f = new float[90][10];
      for (int i = 0; i < 90; i++) {
        for (int k = 0; k < 10; k++) {
          f[i][k] = (float) (random.nextGaussian() + (k == labels[i] ? signal : 0));
        }
      }
      double score = LogMe.score(f, labels, 3);
      assertThat(score).as("signal " + signal).isGreaterThan(last);
      last = score;
    }
  }

  @Test
  void ofFeaturesThatAreAllZero_itIsTheDensityOfNoise() {
    double score = LogMe.score(new float[9][4], labels(9), 3);
    // A third of the targets are 1: β = 3, and the density is -0.5 (log 2π + 1 - log 3).
    assertThat(score).isCloseTo(-0.5 * (Math.log(2 * Math.PI) + 1 - Math.log(3)), within(1e-9));
  }
}
