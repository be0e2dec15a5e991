package dev.graft.core.transfer.average;

import dev.graft.core.plan.Variables;
import dev.graft.core.train.StepGradients;

/**
 * The exponential moving average of the weights: those behind the first update, then after each
 * {@code mean = decay mean + (1 - decay) w} (Polyak and Juditsky, SIAM J. Control Optim. 1992; the
 * decay as in Tarvainen and Valpola, "Mean Teachers", NeurIPS 2017, equation 2).
 *
 * @param decay in [0, 1); it looks back over {@code 1 / (1 - decay)} updates
 */
public record Ema(double decay) implements WeightAverage {

  /**
   * @throws IllegalArgumentException if the decay is not in [0, 1)
   */
  public Ema {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("the decay of EMA must be in [0, 1), found " + decay);
    }
  }

  @Override
  public String name() {
    return "ema";
  }

  @Override
  public void updated(StepGradients gradients, Variables variables) {
    Gathering gathering = new Gathering(name(), gradients);
    int before = gathering.count();
    gathering.move(before == 0 ? 1 : 1 - decay);
    gathering.count(before + 1);
  }
}
