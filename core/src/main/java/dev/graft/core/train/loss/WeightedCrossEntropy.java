package dev.graft.core.train.loss;

import dev.graft.core.op.loss.ClassIndicator;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.metric.Accuracy;
import java.util.ArrayList;
import java.util.List;

/**
 * Softmax cross-entropy in which an example counts by the weight of its class: logits {@code [N,K]}
 * beside targets {@code [N]}, where -1 is unlabelled.
 *
 * @param weights one for each class, at least 0
 * @param smoothing label smoothing, in [0, 1)
 */
public record WeightedCrossEntropy(List<Double> weights, double smoothing) implements Loss {

  /**
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public WeightedCrossEntropy {
    weights = List.copyOf(weights);
    for (double weight : weights) {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("a class weighs at least 0, found " + weight);
      }
    }
  }

  /**
   * Weights that let every class count alike, {@code examples / (classes that occur * n_k)}: their
   * mean over the examples is 1.
   *
   * @param counts n, the examples of each class
   */
  public static List<Double> balanced(int[] counts) {
    int examples = 0;
    int occurring = 0;
    for (int count : counts) {
      examples += count;
      occurring += count > 0 ? 1 : 0;
    }
    List<Double> weights = new ArrayList<>();
    for (int count : counts) {
      weights.add(count == 0 ? 0 : (double) examples / occurring / count);
    }
    return weights;
  }

  @Override
  public String behind(LossGraph network) {
    String output = network.output();
    String logits = network.logits(output);
    String target = network.target(TARGET, Shape.SCALAR);
    network.measure(new Accuracy(), output, target);
    String rows = network.add(new ClassIndicator(weights), target);
    return network.add(new SoftmaxCrossEntropy(smoothing), logits, rows);
  }

  @Override
  public double chance(int outputs) {
    return Math.log(outputs);
  }
}
