package dev.graft.core.transfer.probe;

import dev.graft.core.transfer.assess.GoldenSection;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * A head on frozen features in closed form, and what it says of each example when it has not learnt
 * from that one: ridge regression onto one-hot classes, {@code W = (X^T X + λ I)^-1 X^T Y} of
 * centred {@code X} and {@code Y}. What a regression without example i says of i follows from the
 * one with it, {@code y_i - (y_i - ŷ_i) / (1 - h_i)}, h the diagonal of the hat matrix (Allen,
 * Technometrics 1974, "PRESS"): cross-validation with a fold for each example, for the price of one
 * decomposition. λ is the one with the least held-out squared error. Probabilities are the softmax
 * of the regression divided by a temperature, which has the least held-out negative log-likelihood.
 */
public final class LinearProbe {

  /** Strengths that are tried, as shares of the mean square of the singular values. */
  private static final double[] STRENGTHS = {1e-3, 1e-2, 1e-1, 0.3, 1, 3, 10, 100};

  /** Examples that the strength is chosen by, at equal distances. */
  private static final int MOST_TO_CHOOSE = 2000;

  private final double[] mean;
  private final double[] shares;
  private final DMatrixRMaj weights;
  private final double[][] heldOut;
  private final double scale;
  private final int[] labels;

  private LinearProbe(
      double[] mean,
      double[] shares,
      DMatrixRMaj weights,
      double[][] scores,
      double scale,
      int[] labels) {
    this.mean = mean;
    this.shares = shares;
    this.weights = weights;
    this.scale = scale;
    this.labels = labels;
    this.heldOut = new double[scores.length][];
    for (int i = 0; i < scores.length; i++) {
      heldOut[i] = softmax(scores[i], scale);
    }
  }

  /**
   * Fits a probe.
   *
   * @param features {@code [N,D]}, N at least 2, all finite
   * @param labels the class of each, from 0
   * @param classes how many there are
   * @throws IllegalArgumentException if there are fewer than two examples
   */
  public static LinearProbe fit(float[][] features, int[] labels, int classes) {
    int n = features.length;
    if (n < 2) {
      throw new IllegalArgumentException("a probe needs at least 2 examples, found " + n);
    }
    double[] mean = mean(features);
    Spectrum spectrum = Spectrum.of(centred(features, mean));
    double[] shares = new double[classes];
    for (int label : labels) {
      shares[label] += 1.0 / n;
    }
    DMatrixRMaj targets = new DMatrixRMaj(n, classes);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < classes; k++) {
        targets.set(i, k, (labels[i] == k ? 1 : 0) - shares[k]);
      }
    }
    DMatrixRMaj along = new DMatrixRMaj(spectrum.rank(), classes);
    CommonOps_DDRM.multTransA(spectrum.left(), targets, along);
    double lambda = strength(spectrum, along, targets);
    double[][] scores = new double[n][];
    for (int i = 0; i < n; i++) {
      scores[i] = heldOut(spectrum, along, targets, lambda, i);
      for (int k = 0; k < classes; k++) {
        scores[i][k] += shares[k];
      }
    }
    return new LinearProbe(
        mean,
        shares,
        weights(spectrum, along, lambda),
        scores,
        scale(scores, labels),
        labels.clone());
  }

  static double[] mean(float[][] features) {
    double[] mean = new double[features[0].length];
    for (float[] row : features) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += row[d] / (double) features.length;
      }
    }
    return mean;
  }

  static DMatrixRMaj centred(float[][] features, double[] mean) {
    DMatrixRMaj x = new DMatrixRMaj(features.length, mean.length);
    for (int i = 0; i < features.length; i++) {
      for (int d = 0; d < mean.length; d++) {
        x.set(i, d, features[i][d] - mean[d]);
      }
    }
    return x;
  }

  private static double strength(Spectrum spectrum, DMatrixRMaj along, DMatrixRMaj targets) {
    double meanSquare = 0;
    for (double s : spectrum.values()) {
      meanSquare += s * s / Math.max(1, spectrum.rank());
    }
    int n = targets.numRows;
    int step = Math.max(1, (n + MOST_TO_CHOOSE - 1) / MOST_TO_CHOOSE);
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (double share : STRENGTHS) {
      double lambda = Math.max(share * meanSquare, Double.MIN_NORMAL);
      double error = 0;
      for (int i = 0; i < n; i += step) {
        double[] said = heldOut(spectrum, along, targets, lambda, i);
        for (int k = 0; k < said.length; k++) {
          double difference = targets.get(i, k) - said[k];
          error += difference * difference;
        }
      }
      if (error < least) {
        least = error;
        best = lambda;
      }
    }
    return best;
  }

  /** What a regression without example i says of it, without the shares of the classes. */
  static double[] heldOut(
      Spectrum spectrum, DMatrixRMaj along, DMatrixRMaj targets, double lambda, int i) {
    double[] said = new double[along.numCols];
    double leverage = 1.0 / targets.numRows;
    for (int k = 0; k < spectrum.rank(); k++) {
      double s = spectrum.values()[k];
      double u = spectrum.left().get(i, k);
      double shrunk = u * s * s / (s * s + lambda);
      leverage += u * shrunk;
      for (int c = 0; c < said.length; c++) {
        said[c] += shrunk * along.get(k, c);
      }
    }
    // Of an example that alone decides what is said of it nothing is known without it.
    double rest = Math.max(1e-9, 1 - leverage);
    for (int c = 0; c < said.length; c++) {
      double truth = targets.get(i, c);
      said[c] = truth - (truth - said[c]) / rest;
    }
    return said;
  }

  /** {@code V diag(s / (s^2 + λ)) U^T Y [D,C]}. */
  private static DMatrixRMaj weights(Spectrum spectrum, DMatrixRMaj along, double lambda) {
    DMatrixRMaj scaled = along.copy();
    for (int k = 0; k < spectrum.rank(); k++) {
      double s = spectrum.values()[k];
      for (int c = 0; c < scaled.numCols; c++) {
        scaled.set(k, c, along.get(k, c) * s / (s * s + lambda));
      }
    }
    DMatrixRMaj weights = new DMatrixRMaj(spectrum.right().numRows, along.numCols);
    CommonOps_DDRM.mult(spectrum.right(), scaled, weights);
    return weights;
  }

  private static double scale(double[][] scores, int[] labels) {
    return StrictMath.exp(
        GoldenSection.lowest(
            log -> loss(scores, labels, StrictMath.exp(log)),
            StrictMath.log(0.1),
            StrictMath.log(100)));
  }

  private static double loss(double[][] scores, int[] labels, double scale) {
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      sum -= StrictMath.log(Math.max(1e-12, softmax(scores[i], scale)[labels[i]]));
    }
    return sum / scores.length;
  }

  private static double[] softmax(double[] scores, double scale) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double[] probabilities = new double[scores.length];
    double sum = 0;
    for (int k = 0; k < scores.length; k++) {
      probabilities[k] = StrictMath.exp(scale * (scores[k] - largest));
      sum += probabilities[k];
    }
    for (int k = 0; k < scores.length; k++) {
      probabilities[k] /= sum;
    }
    return probabilities;
  }

  /** Probabilities {@code [N][C]} of each example by a probe that did not learn from it. */
  public double[][] heldOut() {
    double[][] copy = new double[heldOut.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = heldOut[i].clone();
    }
    return copy;
  }

  /** Share of the examples whose class is the most probable one, held out. */
  public double accuracy() {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += best(heldOut[i]) == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** Mean negative log-likelihood of the examples' classes, held out, in nats. */
  public double loss() {
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum -= StrictMath.log(Math.max(1e-12, heldOut[i][labels[i]]));
    }
    return sum / labels.length;
  }

  /** Probabilities {@code [C]} of another example. */
  public double[] probabilities(float[] features) {
    double[] scores = shares.clone();
    for (int d = 0; d < mean.length; d++) {
      double x = features[d] - mean[d];
      for (int k = 0; k < scores.length; k++) {
        scores[k] += x * weights.get(d, k);
      }
    }
    return softmax(scores, scale);
  }

  /**
   * What the softmax is taken of, as a layer {@code z = W x + b}.
   *
   * @return {@code W [C,D]}
   */
  double[][] weights() {
    double[][] rows = new double[shares.length][mean.length];
    for (int k = 0; k < rows.length; k++) {
      for (int d = 0; d < mean.length; d++) {
        rows[k][d] = scale * weights.get(d, k);
      }
    }
    return rows;
  }

  /** {@code b [C]} of {@link #weights}. */
  double[] bias() {
    double[] bias = new double[shares.length];
    for (int k = 0; k < bias.length; k++) {
      bias[k] = scale * shares[k];
      for (int d = 0; d < mean.length; d++) {
        bias[k] -= scale * mean[d] * weights.get(d, k);
      }
    }
    return bias;
  }

  private static int best(double[] probabilities) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      best = probabilities[k] > probabilities[best] ? k : best;
    }
    return best;
  }
}
