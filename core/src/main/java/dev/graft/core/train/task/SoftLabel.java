package dev.graft.core.train.task;

import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SoftCrossEntropy;
import java.util.List;

/**
 * One class for each example, or a mixture of some: the target is a distribution over the classes,
 * {@code [K]}, or zeros where it is not known. What is trained for it is a classifier like any.
 *
 * @param classes the task whose labels these are
 */
public record SoftLabel(SingleLabel classes) implements Task {

  /**
   * @throws GraphException if the classes have weights, which a mixture has no use for
   */
  public SoftLabel {
    if (!classes.weights().isEmpty()) {
      throw new GraphException(
          "classes cannot be weighed while pictures are mixed; leave one of the two");
    }
  }

  @Override
  public List<String> labels() {
    return classes.labels();
  }

  @Override
  public Loss loss() {
    return new SoftCrossEntropy(classes.smoothing());
  }

  @Override
  public Model ending(Model model) {
    return classes.ending(model);
  }
}
