package dev.graft.core.transfer.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ridge regression in closed form, against solving it anew for every example. */
class LinearProbeTest {

  private static float[][] random(int n, int d, Random random) {
    float[][] x = new float[n][d];
    for (float[] row : x) {
      for (int k = 0; k < d; k++) {
        row[k] = (float) random.nextGaussian();
      }
    }
    return x;
  }

  /** Both with fewer and with more examples than features. */
  @ParameterizedTest
  @CsvSource({"12, 30, 0.5", "40, 6, 2", "9, 9, 0.1"})
  void heldOut_isWhatARegressionWithoutTheExampleSays(int n, int d, double lambda) {
    Random random = new Random(3);
    float[][] x = random(n, d, random);
    double[] y = random.doubles(n).toArray();
    DMatrixRMaj targets = new DMatrixRMaj(n, 1);
    double mean = Arrays.stream(y).average().orElseThrow();
    for (int i = 0; i < n; i++) {
      targets.set(i, 0, y[i] - mean);
    }
    Spectrum spectrum = Spectrum.of(LinearProbe.centred(x, LinearProbe.mean(x)));
    DMatrixRMaj along = new DMatrixRMaj(spectrum.rank(), 1);
    CommonOps_DDRM.multTransA(spectrum.left(), targets, along);
    for (int i = 0; i < n; i++) {
      double said = LinearProbe.heldOut(spectrum, along, targets, lambda, i)[0] + mean;
      // The gram's eigenvectors carry 1e-15 times its condition, here below 1e5.
      assertThat(said).isCloseTo(without(i, x, y, lambda), within(1e-9));
    }
  }

  /** Ridge regression with an intercept on all but one, solved for that one. */
  private static double without(int left, float[][] x, double[] y, double lambda) {
    int n = x.length - 1;
    int d = x[0].length;
    DMatrixRMaj rows = new DMatrixRMaj(n, d);
    DMatrixRMaj to = new DMatrixRMaj(n, 1);
    double[] mean = new double[d];
    double meanY = 0;
    for (int i = 0, row = 0; i < x.length; i++) {
      if (i != left) {
        for (int k = 0; k < d; k++) {
          rows.set(row, k, x[i][k]);
          mean[k] += x[i][k] / (double) n;
        }
        meanY += y[i] / n;
        to.set(row++, 0, y[i]);
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < d; k++) {
        rows.add(i, k, -mean[k]);
      }
      to.add(i, 0, -meanY);
    }
    DMatrixRMaj gram = new DMatrixRMaj(d, d);
    CommonOps_DDRM.multInner(rows, gram);
    for (int k = 0; k < d; k++) {
      gram.add(k, k, lambda);
    }
    DMatrixRMaj along = new DMatrixRMaj(d, 1);
    CommonOps_DDRM.multTransA(rows, to, along);
    DMatrixRMaj weights = new DMatrixRMaj(d, 1);
    assertThat(CommonOps_DDRM.solve(gram, along, weights)).isTrue();
    double said = meanY;
    for (int k = 0; k < d; k++) {
      said += (x[left][k] - mean[k]) * weights.get(k, 0);
    }
    return said;
  }

  @Test
  void ofFeaturesThatSayNothing_itKnowsNoMoreThanChance_andOfOthersAlmostAll() {
    Random random = new Random(5);
    float[][] noise = random(300, 20, random);
    int[] labels = random.ints(300, 0, 3).toArray();
    // Three deviations of a binomial share at 300 draws are 0.08.
    assertThat(LinearProbe.fit(noise, labels, 3).accuracy()).isBetween(0.2, 0.48);
    float[][] telling = random(300, 20, random);
    for (int i = 0; i < 300; i++) {
      telling[i][labels[i]] += 8;
    }
    LinearProbe probe = LinearProbe.fit(telling, labels, 3);
    assertThat(probe.accuracy()).isGreaterThan(0.98);
    double[] said = probe.probabilities(telling[7]);
    assertThat(said[labels[7]]).isGreaterThan(0.8);
    assertThat(said[0] + said[1] + said[2]).isCloseTo(1, within(1e-12));
  }

  /** One of them says nothing at all: there is no singular value left. */
  @Test
  void constantFeatures_giveTheSharesOfTheClasses() {
    float[][] same = {{1, 2}, {1, 2}, {1, 2}, {1, 2}};
    LinearProbe probe = LinearProbe.fit(same, new int[] {0, 0, 0, 1}, 2);
    assertThat(probe.probabilities(new float[] {1, 2})[0]).isGreaterThan(0.5);
    assertThat(probe.accuracy()).isEqualTo(0.75);
    assertThatThrownBy(() -> LinearProbe.fit(new float[][] {{1}}, new int[] {0}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 2");
  }
}
