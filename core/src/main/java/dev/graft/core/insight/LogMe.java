package dev.graft.core.insight;

import dev.graft.core.transfer.assess.GoldenSection;
import dev.graft.core.transfer.probe.Spectrum;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * LogME, the logarithm of maximum evidence (You, Liu, Wang, Long, ICML 2021): how probable labels
 * are under a Bayesian linear model of frozen features, {@code y ~ N(0, β^-1 I + α^-1 F F^T)}
 * (equation 2), at the α and β where that is largest; a mean over classes (one-hot) and examples.
 * More is better. For a ratio {@code t = α / β} the best β is known, {@code N / y^T (I + F F^T /
 * t)^-1 y}, so that one number is searched on the singular values of F, where the paper iterates a
 * fixed point: that can end below the maximum where there are more features than examples.
 */
public final class LogMe {

  /** Steps of e in which the ratio is searched before it is refined. */
  private static final int STEPS = 25;

  private LogMe() {}

  /**
   * The score of features.
   *
   * @param features {@code [N,D]}, as they are, not centred
   * @param labels the class of each, from 0
   * @param classes how many there are
   */
  public static double score(float[][] features, int[] labels, int classes) {
    int n = features.length;
    int d = features[0].length;
    DMatrixRMaj x = new DMatrixRMaj(n, d);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < d; k++) {
        x.set(i, k, features[i][k]);
      }
    }
    Spectrum spectrum = Spectrum.of(x);
    DMatrixRMaj targets = new DMatrixRMaj(n, classes);
    for (int i = 0; i < n; i++) {
      targets.set(i, labels[i], 1);
    }
    DMatrixRMaj along = new DMatrixRMaj(spectrum.rank(), classes);
    CommonOps_DDRM.multTransA(spectrum.left(), targets, along);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double[] squares = new double[spectrum.rank()];
      double outside = 0;
      for (int i = 0; i < n; i++) {
        outside += targets.get(i, c);
      }
      for (int k = 0; k < squares.length; k++) {
        squares[k] = along.get(k, c) * along.get(k, c);
        outside -= squares[k];
      }
      sum += evidence(spectrum.values(), squares, Math.max(0, outside), n);
    }
    return sum / classes;
  }

  /**
   * The largest evidence of one column of targets, for each example.
   *
   * @param squares of its parts along the left singular vectors
   * @param outside the rest of its square
   */
  private static double evidence(double[] values, double[] squares, double outside, int n) {
    double scale = values.length == 0 ? 0 : 2 * StrictMath.log(values[0]);
    double best = scale;
    for (int step = -STEPS; step <= STEPS; step++) {
      double at = scale + step;
      if (density(at, values, squares, outside, n) > density(best, values, squares, outside, n)) {
        best = at;
      }
    }
    double peak =
        GoldenSection.lowest(at -> -density(at, values, squares, outside, n), best - 1, best + 1);
    return density(peak, values, squares, outside, n) / n;
  }

  /** The log-density at a ratio, given as its logarithm, with the β that is best there. */
  private static double density(
      double logRatio, double[] values, double[] squares, double outside, int n) {
    double ratio = StrictMath.exp(logRatio);
    double residual = outside;
    double logDeterminant = 0;
    for (int k = 0; k < values.length; k++) {
      double sigma = values[k] * values[k];
      residual += squares[k] * ratio / (ratio + sigma);
      logDeterminant += StrictMath.log1p(sigma / ratio);
    }
    double logBeta = StrictMath.log(n / Math.max(residual, Double.MIN_NORMAL));
    return 0.5 * (n * (logBeta - 1 - StrictMath.log(2 * Math.PI)) - logDeterminant);
  }
}
