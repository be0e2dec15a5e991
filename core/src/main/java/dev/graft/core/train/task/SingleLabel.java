package dev.graft.core.train.task;

import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.WeightedCrossEntropy;
import java.util.List;

/**
 * One class for each example. The target is its number, a scalar, or -1 where it is not known; the
 * model ends in logits or in a Softmax, as it came; a Sigmoid for each gives way to a Softmax.
 *
 * @param labels the classes, at least two, in the order of their numbers
 * @param smoothing label smoothing, in [0, 1)
 * @param weights how much an example of each class counts; empty where all count alike
 */
public record SingleLabel(List<String> labels, double smoothing, List<Double> weights)
    implements Task {

  /**
   * @throws GraphException if there are fewer than two classes
   */
  public SingleLabel {
    labels = List.copyOf(labels);
    weights = List.copyOf(weights);
    if (labels.size() < 2) {
      throw new GraphException("a classifier needs at least 2 classes, found " + labels);
    }
  }

  /** Where all classes count alike. */
  public SingleLabel(List<String> labels, double smoothing) {
    this(labels, smoothing, List.of());
  }

  /** Without label smoothing. */
  public SingleLabel(List<String> labels) {
    this(labels, 0);
  }

  @Override
  public Loss loss() {
    return weights.isEmpty()
        ? new CrossEntropy(smoothing)
        : new WeightedCrossEntropy(weights, smoothing);
  }

  @Override
  public Model ending(Model model) {
    boolean isEach = OutputMeaning.of(model.graph()).kind() == OutputMeaning.Kind.LABELS;
    return isEach ? End.of(model, new Softmax(1)) : model;
  }
}
