package dev.graft.core.train.task;

import dev.graft.core.graph.Model;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Measuring;
import dev.graft.core.train.metric.MeanIou;
import java.util.List;

/**
 * A class for every place of an example: a mask for each picture. The target is {@code [H,W]}, the
 * number of the class at each pixel, or -1 where it is not known; the model's output is {@code
 * [N,K,H,W]}.
 *
 * @param labels the classes, in the order of their numbers
 */
public record Dense(List<String> labels) implements Task {

  public Dense {
    labels = List.copyOf(labels);
  }

  @Override
  public Loss loss() {
    return new Measuring(new CrossEntropy(0), new MeanIou(labels.size()));
  }

  @Override
  public Model ending(Model model) {
    return model;
  }
}
