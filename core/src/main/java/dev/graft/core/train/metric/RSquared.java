package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * The share of the targets' variance that predictions explain, {@code R^2 = 1 - Σ (y - t)^2 / Σ (t
 * - mean t)^2}, averaged over the numbers of an example: 1 is perfect, 0 what the mean would do.
 *
 * @param numbers how many an example has
 */
public record RSquared(int numbers) implements Metric {

  /** The name. */
  public static final String NAME = "r2";

  @Override
  public String name() {
    return NAME;
  }

  /** The examples; then for each number {@code Σ t}, {@code Σ t^2} and {@code Σ (y - t)^2}. */
  @Override
  public int sums() {
    return 1 + 3 * numbers;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    float[] y = prediction.toArray();
    float[] wanted = target.toArray();
    sums[0] += y.length / numbers;
    for (int i = 0; i < y.length; i++) {
      int at = 1 + 3 * (i % numbers);
      double t = wanted[i];
      sums[at] += t;
      sums[at + 1] += t * t;
      sums[at + 2] += (y[i] - t) * (y[i] - t);
    }
  }

  /** NaN where a number is the same in all examples. */
  @Override
  public double value(double[] sums) {
    double total = 0;
    for (int at = 1; at < sums.length; at += 3) {
      double spread = sums[at + 1] - sums[at] * sums[at] / sums[0];
      total += spread > 0 ? 1 - sums[at + 2] / spread : Double.NaN;
    }
    return total / numbers;
  }
}
