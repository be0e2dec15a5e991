package dev.graft.core.train.task;

import dev.graft.core.graph.Model;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.train.loss.BinaryCrossEntropy;
import dev.graft.core.train.loss.Loss;
import java.util.List;

/**
 * Any number of labels for each example. The target is {@code [K]}, 1 where a label applies and 0
 * elsewhere; the model ends in a Sigmoid.
 *
 * @param labels in the order of the outputs
 */
public record MultiLabel(List<String> labels) implements Task {

  public MultiLabel {
    labels = List.copyOf(labels);
  }

  @Override
  public Loss loss() {
    return new BinaryCrossEntropy();
  }

  @Override
  public Model ending(Model model) {
    return End.of(model, new Sigmoid());
  }
}
