package dev.graft.core.train.loss;

import dev.graft.core.train.metric.Metric;

/**
 * A loss with one more metric beside it, of the output and {@link Loss#TARGET}.
 *
 * @param loss what is minimised
 * @param metric what is measured too
 */
public record Measuring(Loss loss, Metric metric) implements Loss {

  @Override
  public String behind(LossGraph network) {
    String value = loss.behind(network);
    String output = network.output();
    network.measure(metric, output, network.target(TARGET));
    return value;
  }

  @Override
  public double chance(int outputs) {
    return loss.chance(outputs);
  }

  @Override
  public double curvature(int outputs) {
    return loss.curvature(outputs);
  }
}
