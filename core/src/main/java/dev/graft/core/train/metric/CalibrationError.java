package dev.graft.core.train.metric;

/**
 * Expected calibration error: how far confidence is from being right, {@code Σ_b n_b/n |acc_b -
 * conf_b|} over 15 bins of equal width (Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern
 * Neural Networks", ICML 2017, equation 3). 0 where of all that is said with 80 % confidence 80 %
 * is right.
 */
public final class CalibrationError {

  private static final int BINS = 15;

  private final int[] examples = new int[BINS];
  private final double[] confidences = new double[BINS];
  private final int[] right = new int[BINS];

  /**
   * Adds an example.
   *
   * @param confidence probability of the class that was said, in [0, 1]
   * @param isRight whether it is that class
   */
  public void add(double confidence, boolean isRight) {
    // Bins are open below and closed above.
    int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confidence * BINS) - 1));
    examples[bin]++;
    confidences[bin] += confidence;
    right[bin] += isRight ? 1 : 0;
  }

  /** The error, in [0, 1]; NaN where nothing was added. */
  public double value() {
    double gaps = 0;
    int all = 0;
    for (int b = 0; b < BINS; b++) {
      gaps += Math.abs(right[b] - confidences[b]);
      all += examples[b];
    }
    return all == 0 ? Double.NaN : gaps / all;
  }
}
