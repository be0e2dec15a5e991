package dev.graft.core.transfer.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.feature.Examples;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Statistics of the weights as they are, whatever was stored before. */
class FreshStatisticsTest {

  private final Model model = Toy.network();
  private final Dataset data = Examples.of(model, Toy.data().training(), Augment.NONE);

  private Variables measured(Backend backend, Set<String> trained) {
    Graph graph = model.graph();
    Variables variables = new Variables(backend, graph, model.weights());
    FreshStatistics fresh = new FreshStatistics(graph, variables, backend, trained);
    try (Batches batches = new Batches(data, 16, 1);
        BatchIterator pass = batches.inOrder()) {
      assertThat(fresh.measure(pass, new Cancellation())).isTrue();
    }
    return variables;
  }

  private static String norm(Graph graph, String node, int input) {
    return graph.node(node).inputs().get(input);
  }

  /**
   * Of the first layer by hand: per batch in double precision, then over batches by their sizes.
   */
  @Test
  void theyAreMeansOverBatches_ofEachBatchsOwn() {
    try (Backend backend = new JavaBackend(1)) {
      Graph graph = model.graph();
      Set<String> all = Set.copyOf(graph.parameters(graph.node("stem.norm")));
      Variables variables = measured(backend, all);
      Graph before = graph.ending(List.of(graph.node("stem.norm").inputs().get(0)));
      EagerExecutor executor =
          new EagerExecutor(
              before, new Variables(backend, before, model.weights()), backend, Set.of());
      double[] mean = new double[4];
      double[] variance = new double[4];
      try (Batches batches = new Batches(data, 16, 1);
          BatchIterator pass = batches.inOrder()) {
        while (pass.hasNext()) {
          Batch batch = pass.next();
          Tensor x = executor.predict(batch.tensors()).get(before.output());
          add(x, batch.size() / 40.0, mean, variance);
        }
      }
      float[] foundMean = variables.get(norm(graph, "stem.norm", 3)).download(backend);
      float[] foundVariance = variables.get(norm(graph, "stem.norm", 4)).download(backend);
      for (int c = 0; c < 4; c++) {
        // Sums of 1,024 floats of about 1, in single precision.
        assertThat(foundMean[c]).isCloseTo((float) mean[c], within(1e-5f));
        assertThat(foundVariance[c]).isCloseTo((float) variance[c], within(1e-5f));
      }
      String other = norm(graph, "block.norm", 3);
      assertThat(variables.get(other).download(backend))
          .as("a layer that was not trained")
          .isEqualTo(model.weights().get(other).toArray());
    }
  }

  private static void add(Tensor x, double share, double[] mean, double[] variance) {
    int batch = x.shape().size(0);
    int plane = x.shape().elements(2, 4);
    float[] values = x.toArray();
    for (int c = 0; c < 4; c++) {
      double sum = 0;
      double squares = 0;
      for (int n = 0; n < batch; n++) {
        for (int i = 0; i < plane; i++) {
          double value = values[(n * 4 + c) * plane + i];
          sum += value;
          squares += value * value;
        }
      }
      double own = sum / batch / plane;
      mean[c] += share * own;
      variance[c] += share * (squares / batch / plane - own * own);
    }
  }

  @Test
  void withoutTrainedNormalisations_nothingIsMeasured() {
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, model.graph(), model.weights());
      FreshStatistics none =
          new FreshStatistics(model.graph(), variables, backend, Set.of("head.weight"));
      assertThat(none.areNeeded()).isFalse();
    }
  }
}
