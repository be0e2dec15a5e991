package dev.graft.core.transfer.average;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The running statistics of BatchNormalization, measured anew. Those that training left behind
 * belong to the weights that it passed through; averaged weights make other activations, which
 * statistics of their own must normalise (Izmailov et al., UAI 2018, section 3.2). Each becomes the
 * mean of what the batches of a pass over training examples have, weighted by their sizes; the pass
 * itself normalises by the batch, as training does.
 */
public final class FreshStatistics {

  private final Backend backend;
  private final Variables variables;
  private final Graph graph;

  /** The stored statistic that each output of the graph is the batch's own of. */
  private final Map<String, String> measured = new LinkedHashMap<>();

  /**
   * @param variables whose statistics are measured, on {@code backend}
   * @param trained names of the parameters that were trained: other layers keep their statistics
   */
  public FreshStatistics(Graph graph, Variables variables, Backend backend, Set<String> trained) {
    this.backend = backend;
    this.variables = variables;
    List<Node> nodes = graph.nodes().stream().map(node -> measuring(graph, node, trained)).toList();
    Graph changed = new Graph(graph.inputs(), graph.stored(), nodes, outputs(graph));
    this.graph = measured.isEmpty() ? graph : changed.ending(List.copyOf(measured.keySet()));
  }

  private List<String> outputs(Graph graph) {
    List<String> outputs = new ArrayList<>(graph.outputs());
    outputs.addAll(measured.keySet());
    return outputs;
  }

  private Node measuring(Graph graph, Node node, Set<String> trained) {
    if (!(node.op() instanceof BatchNormalization norm)
        || graph.parameters(node).stream().noneMatch(trained::contains)) {
      return node;
    }
    String mean = "graft.fresh.mean/" + node.name();
    String variance = "graft.fresh.variance/" + node.name();
    measured.put(mean, node.inputs().get(3));
    measured.put(variance, node.inputs().get(4));
    // Nothing of the old statistics: what is stored by a batch are its own.
    return new Node(
        node.name(),
        norm.withMomentum(0).inTraining(),
        node.inputs(),
        List.of(node.output(), mean, variance));
  }

  /** Whether there is anything to measure. */
  public boolean areNeeded() {
    return !measured.isEmpty();
  }

  /**
   * Measures and stores them.
   *
   * @param batches of training examples, with a field for each input of the graph
   * @return false if the run was cancelled meanwhile, and nothing is worth anything
   */
  public boolean measure(BatchIterator batches, Cancellation cancellation) {
    PlanExecutor executor = new PlanExecutor(graph, variables, backend, Set.of());
    Map<String, double[]> sums = new LinkedHashMap<>();
    long examples = 0;
    while (areNeeded() && cancellation.goesOnWith(batches)) {
      Batch batch = batches.next();
      Map<String, Tensor> outputs = executor.predict(batch.tensors());
      for (String output : measured.keySet()) {
        float[] values = outputs.get(output).toArray();
        double[] sum = sums.computeIfAbsent(output, name -> new double[values.length]);
        for (int c = 0; c < values.length; c++) {
          sum[c] += (double) batch.size() * values[c];
        }
      }
      examples += batch.size();
    }
    if (cancellation.isRequested()) {
      return false;
    }
    Map<String, Tensor> means = new LinkedHashMap<>();
    for (Map.Entry<String, double[]> sum : sums.entrySet()) {
      float[] mean = new float[sum.getValue().length];
      for (int c = 0; c < mean.length; c++) {
        mean[c] = (float) (sum.getValue()[c] / examples);
      }
      String stored = measured.get(sum.getKey());
      means.put(stored, Tensor.of(variables.get(stored).shape(), mean));
    }
    variables.restore(Weights.of(means));
    return true;
  }
}
