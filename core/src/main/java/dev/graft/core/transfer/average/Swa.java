package dev.graft.core.transfer.average;

import dev.graft.core.plan.Variables;
import dev.graft.core.train.StepGradients;

/**
 * The mean of the weights at the end of every period (Izmailov et al., "Averaging Weights Leads to
 * Wider Optima and Better Generalization", UAI 2018, algorithm 1): an average of checkpoints.
 *
 * @param from updates that count for nothing, at least 0
 * @param period updates from one checkpoint to the next, at least 1
 */
public record Swa(int from, int period) implements WeightAverage {

  /**
   * @throws IllegalArgumentException if one is too small
   */
  public Swa {
    if (from < 0 || period < 1) {
      throw new IllegalArgumentException(
          "SWA expects a start of at least 0 and a period of at least 1, found "
              + from
              + " and "
              + period);
    }
  }

  @Override
  public String name() {
    return "swa";
  }

  @Override
  public void updated(StepGradients gradients, Variables variables) {
    Gathering gathering = new Gathering(name(), gradients);
    int updates = gathering.count() + 1;
    gathering.count(updates);
    int behind = updates - from;
    if (behind > 0 && behind % period == 0) {
      gathering.move((double) period / behind);
    }
  }
}
