package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XorTest {

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void networkWrittenByHand_learnsXor(String name) {
    GraphBuilder g = new GraphBuilder(1);
    String hidden = g.tanh(g.linear("hidden", g.input("x", Shape.of(2)), 8));
    Model model = g.build(g.linear("out", hidden, 2));
    Objective objective = new CrossEntropy(0).attach(model.graph());
    Graph graph = objective.graph();
    Dataset xor =
        new TensorDataset(
            List.of(
                new Dataset.Field("x", Shape.of(2)), new Dataset.Field(Loss.TARGET, Shape.SCALAR)),
            List.of(item(0, 0), item(0, 1), item(1, 0), item(1, 1)),
            index -> "row " + index);
    try (Backend backend = Backends.byName(name, 1);
        Batches rows = new Batches(xor, 4, 1);
        Batches same = new Batches(xor, 4, 1)) {
      Trainer trainer =
          new Trainer(
              backend,
              new Variables(backend, graph, model.weights()),
              1,
              CheckpointStore.none(),
              TrainListener.SILENT,
              new Cancellation());
      ParamGroup all = new ParamGroup(graph.stored(Role.PARAMETER), 1, 0);
      Phase phase =
          new Phase("xor", List.of(all), new Sgd(0.9, true), 0.1, Schedule.constant(), 200, null);
      trainer.train(phase, objective, rows, same, new Variants(1, 1));
      assertThat(trainer.last().get("accuracy")).isEqualTo(1);
      assertThat(trainer.last().loss()).isLessThan(0.05);
    }
  }

  private static List<float[]> item(int a, int b) {
    return List.of(new float[] {a, b}, new float[] {a ^ b});
  }
}
