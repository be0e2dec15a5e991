package dev.graft.core.train.task;

import dev.graft.core.graph.Model;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SquaredError;
import java.util.List;

/**
 * Numbers for each example. The target is {@code [K]}; the model's output is those numbers. Bring
 * targets to a deviation of about 1 first: the learning rates are made for that.
 *
 * @param labels names of the numbers
 */
public record Regression(List<String> labels) implements Task {

  public Regression {
    labels = List.copyOf(labels);
  }

  @Override
  public Loss loss() {
    return new SquaredError();
  }

  @Override
  public Model ending(Model model) {
    return End.of(model, null);
  }
}
