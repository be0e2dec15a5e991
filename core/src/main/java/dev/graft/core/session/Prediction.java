package dev.graft.core.session;

/**
 * One class, label or number of a model's output.
 *
 * @param label its name, or its number where the model carries no labels that fit
 * @param index its position in the output, from 0, or -1 for {@link Rejection#UNKNOWN}; where one
 *     output tells two classes apart, 0 is the first and 1 the second, whose probability the output
 *     is
 * @param probability in [0, 1]; NaN where the output is a number that is no probability
 * @param value what stands for it: the probability, or that number
 */
public record Prediction(String label, int index, double probability, double value) {

  /** Whether it is a number that is no probability. */
  public boolean isNumber() {
    return Double.isNaN(probability) && !Double.isNaN(value);
  }

  /** A class or label and its probability. */
  public Prediction(String label, int index, double probability) {
    this(label, index, probability, probability);
  }

  /**
   * That it is none of the classes; what the best of them leaves stands for its probability.
   *
   * @param best the probability of the best class
   */
  static Prediction unknown(double best) {
    return new Prediction(Rejection.UNKNOWN, -1, 1 - best);
  }

  /** A number that is no probability. */
  static Prediction ofNumber(String label, int index, double value) {
    return new Prediction(label, index, Double.NaN, value);
  }
}
