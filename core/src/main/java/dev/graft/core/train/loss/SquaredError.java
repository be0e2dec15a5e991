package dev.graft.core.train.loss;

import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.train.metric.MeanAbsoluteError;
import dev.graft.core.train.metric.RSquared;

/** Mean squared error of the output itself, see {@link MeanSquaredError}: for numbers. */
public record SquaredError() implements Loss {

  @Override
  public String behind(LossGraph network) {
    String said = network.output();
    String wanted = network.target(TARGET, network.item(said));
    network.measure(new MeanAbsoluteError(), said, wanted);
    network.measure(new RSquared(network.item(said).elements()), said, wanted);
    return network.add(new MeanSquaredError(), said, wanted);
  }

  @Override
  public double curvature(int outputs) {
    return 2.0 / outputs;
  }
}
