package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.task.MultiLabel;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Three labels, of which any number applies. */
class MultiLabelTest {

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.linear("hidden", g.input("x", Shape.of(4)), 16));
    return g.build(g.softmax(g.linear("head", x, 7)));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = new float[4];
      for (int k = 0; k < 4; k++) {
        x[k] = (float) random.nextGaussian();
      }
      float[] labels = {x[0] > 0 ? 1 : 0, x[1] + x[2] > 0 ? 1 : 0, x[3] > x[0] ? 1 : 0};
      items.add(List.of(x, labels));
    }
    List<Dataset.Field> fields =
        List.of(new Dataset.Field("x", Shape.of(4)), new Dataset.Field(Loss.TARGET, Shape.of(3)));
    return new TensorDataset(fields, items, i -> "row " + i);
  }

  @Test
  void labels_areSaidEachByItself() {
    Split<Dataset> data = new Split<>(items(300, 1), items(80, 2));
    Settings settings = Settings.of(Recipe.FULL, 40).seed(1).rate(0.2);
    Tuned tuned = FineTune.run(network(), new MultiLabel(List.of("a", "b", "c")), data, settings);
    assertThat(tuned.best().get("f1")).isGreaterThan(0.9);
    assertThat(tuned.best().get("exactMatch")).isGreaterThan(0.75);
    Graph graph = tuned.model().graph();
    assertThat(graph.producer(graph.output()).op().type()).isEqualTo("Sigmoid");
  }
}
