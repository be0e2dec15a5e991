package dev.graft.core.transfer.recipe;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.feature.Examples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The largest learning rate at which a head can be trained on a network's features without
 * overshooting.
 *
 * <p>A loss of curvature c (see {@link Loss#curvature}; 1/2 for softmax regression) is smooth in
 * the weights on features f with constant {@code L <= c E|f|^2}, and gradient descent with momentum
 * m is stable below {@code 2 (1 + m) / L} (Polyak, 1964). Features of networks with
 * BatchNormalization or ReLU6 are small enough for the usual 0.01; those of networks from Caffe,
 * whose inputs reach 150, can be two hundred times larger, and their rate must be as much smaller
 * as their square is larger.
 */
public final class StableRate {

  private static final double MOMENTUM = 0.9;

  /** Pictures to look at: enough to tell a scale by. */
  private static final int SAMPLE = 32;

  private StableRate() {}

  /**
   * The bound, from a few training examples.
   *
   * @return the bound; infinity where no example can be read
   */
  public static double of(Model model, Loss loss, Dataset training, long seed, Backend backend) {
    String features = model.head().trunk();
    Graph trunk = model.graph().ending(List.of(features));
    Variables variables = new Variables(backend, trunk, model.weights());
    Executor executor = new PlanExecutor(trunk, variables, backend, Set.of());
    int[] order = Rng.permutation(Rng.key(seed, "stable rate"), training.size());
    double sum = 0;
    int seen = 0;
    for (int index : Arrays.copyOf(order, Math.min(SAMPLE, order.length))) {
      try {
        Map<String, Tensor> one = Examples.one(training, index);
        sum += squaredNorm(executor.predict(one).get(features));
        seen++;
      } catch (UnreadableException e) {
        // Whoever trains on it will say so.
        continue;
      }
    }
    double largest = loss.curvature(Math.max(1, model.metadata().labels().size()));
    return sum == 0 ? Double.POSITIVE_INFINITY : 2 * (1 + MOMENTUM) / largest * seen / sum;
  }

  /**
   * Of one example's features; those of a convolutional head are averaged over positions behind it.
   */
  private static double squaredNorm(Tensor features) {
    Shape shape = features.shape();
    int channels = shape.size(1);
    int plane = shape.elements(2, shape.rank());
    float[] values = features.toArray();
    double norm = 0;
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int i = 0; i < plane; i++) {
        mean += values[c * plane + i];
      }
      norm += mean / plane * (mean / plane);
    }
    return norm;
  }
}
