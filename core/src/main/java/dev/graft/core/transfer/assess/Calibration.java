package dev.graft.core.transfer.assess;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.feature.Examples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Temperature scaling: the one number T by which logits are divided so that probabilities are worth
 * what they say, at the least negative log-likelihood of pictures that were not learnt from (Guo,
 * Pleiss, Sun, Weinberger, ICML 2017). The head's weights and biases are divided by it, so that
 * every reader of the file gets calibrated probabilities; no prediction changes.
 *
 * @param model with its head divided
 * @param temperature T: above 1 where the model was too sure of itself
 */
public record Calibration(Model model, double temperature) {

  private static final int BATCH = 32;
  private static final double LEAST = 0.01;
  private static final double MOST = 100;

  /**
   * Calibrates a classifier.
   *
   * @param model ends in logits, or in a softmax of them
   * @param validation pictures with classes, in the order of the model's outputs
   * @param backend computes, and stays the caller's to close
   * @throws GraphException if the model has no head that can be told, or dividing it does not
   *     divide the logits
   */
  public static Calibration fit(Model model, Pictures validation, Backend backend, int threads) {
    Logits before = look(model, validation, backend, threads);
    double temperature =
        StrictMath.exp(
            GoldenSection.lowest(
                log -> before.likelihood(StrictMath.exp(log)),
                StrictMath.log(LEAST),
                StrictMath.log(MOST)));
    Model divided = divided(model, temperature);
    Pictures few = validation.subset(new int[] {0});
    float[] expected = look(model, few, backend, threads).rows.get(0);
    float[] found = look(divided, few, backend, threads).rows.get(0);
    for (int k = 0; k < expected.length; k++) {
      double wanted = expected[k] / temperature;
      if (Math.abs(found[k] - wanted) > 1e-3 * Math.max(1, Math.abs(wanted))) {
        throw new GraphException(
            model.head().layer().name()
                + ": what lies behind the head does not scale with it, so it cannot be calibrated");
      }
    }
    return new Calibration(divided, temperature);
  }

  private static Model divided(Model model, double temperature) {
    Head head = model.head();
    Graph graph = model.graph();
    Set<String> names = new LinkedHashSet<>(graph.parameters(head.layer()));
    if (head.bias() != null) {
      names.addAll(graph.parameters(head.bias()));
    }
    Map<String, Tensor> divided = new LinkedHashMap<>();
    for (String name : names) {
      Tensor old = model.weights().get(name);
      float[] values = old.toArray().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] / temperature);
      }
      divided.put(name, Tensor.of(old.shape(), values));
    }
    return model.with(model.weights().with(divided));
  }

  /** Logits of pictures beside their classes. */
  private record Logits(List<float[]> rows, List<Integer> classes) {

    /** The mean negative log-likelihood at a temperature. */
    double likelihood(double temperature) {
      double sum = 0;
      for (int n = 0; n < rows.size(); n++) {
        float[] row = rows.get(n);
        double largest = Double.NEGATIVE_INFINITY;
        for (float z : row) {
          largest = Math.max(largest, z / temperature);
        }
        double all = 0;
        for (float z : row) {
          all += StrictMath.exp(z / temperature - largest);
        }
        sum += largest + StrictMath.log(all) - row[classes.get(n)] / temperature;
      }
      return sum / rows.size();
    }
  }

  private static Logits look(Model model, Pictures pictures, Backend backend, int threads) {
    Graph graph = OutputMeaning.of(model.graph()).logits(model.graph());
    Variables weights = Variables.readOnly(backend, graph, model.weights());
    PlanExecutor executor = new PlanExecutor(graph, weights, backend, Set.of());
    String input = graph.input().name();
    Logits logits = new Logits(new ArrayList<>(), new ArrayList<>());
    try (Batches batches = new Batches(Examples.of(model, pictures, Augment.NONE), BATCH, threads);
        BatchIterator pass = batches.inOrder()) {
      while (pass.hasNext()) {
        Batch batch = pass.next();
        float[] z = executor.predict(Map.of(input, batch.get(input))).get(graph.output()).toArray();
        float[] labels = batch.get(Loss.TARGET).toArray();
        int classes = z.length / batch.size();
        for (int row = 0; row < batch.size(); row++) {
          if (labels[row] != Pictures.UNLABELLED) {
            float[] one = new float[classes];
            System.arraycopy(z, row * classes, one, 0, classes);
            logits.rows.add(one);
            logits.classes.add((int) labels[row]);
          }
        }
      }
    }
    return logits;
  }
}
