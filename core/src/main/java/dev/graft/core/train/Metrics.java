package dev.graft.core.train;

import java.util.List;

/**
 * Loss and metrics over a set of examples.
 *
 * @param loss mean over the examples
 * @param scores the metrics, the most telling first
 * @param examples their number
 */
public record Metrics(double loss, List<Score> scores, int examples) {

  /**
   * The value of a metric.
   *
   * @param name such as {@code accuracy}
   * @param value NaN where there was nothing to measure
   * @param text as people read it
   */
  public record Score(String name, double value, String text) {}

  public Metrics {
    scores = List.copyOf(scores);
  }

  /**
   * The value of the metric of that name, such as {@code accuracy}.
   *
   * @throws IllegalArgumentException if it was not measured
   */
  public double get(String name) {
    return scores.stream()
        .filter(score -> score.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no metric is named "
                        + name
                        + "; measured were "
                        + scores.stream().map(Score::name).toList()))
        .value();
  }
}
