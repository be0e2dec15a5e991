package dev.graft.core.transfer.average;

import dev.graft.core.train.StepGradients;

/** The weights as a phase starts, which the end may be mixed with again. */
public record PhaseStart() implements WeightAverage {

  @Override
  public String name() {
    return "start";
  }

  @Override
  public boolean apply(StepGradients gradients) {
    Gathering gathering = new Gathering(name(), gradients);
    if (gathering.count() == 0) {
      gathering.move(1);
      gathering.count(1);
    }
    return true;
  }
}
