package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.task.Regression;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two numbers of each example, from three. */
class RegressionTest {

  /** A classifier: its Softmax goes with its head. */
  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.tanh(g.linear("hidden", g.input("x", Shape.of(3)), 16));
    return g.build(g.softmax(g.linear("head", x, 5)));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      items.add(List.of(x, new float[] {x[0] + x[1] - 1, 2 * x[1] * x[2] - 0.5f}));
    }
    List<Dataset.Field> fields =
        List.of(new Dataset.Field("x", Shape.of(3)), new Dataset.Field(Loss.TARGET, Shape.of(2)));
    return new TensorDataset(fields, items, i -> "row " + i);
  }

  @Test
  void numbers_areMeasuredByTheirErrors_notByAnAccuracy() {
    Split<Dataset> data = new Split<>(items(200, 1), items(50, 2));
    Settings settings = Settings.of(Recipe.FULL, 40).seed(1).rate(0.1);
    Tuned tuned = FineTune.run(network(), new Regression(List.of("a", "b")), data, settings);
    assertThat(tuned.best().scores()).extracting(s -> s.name()).containsExactly("mae", "r2");
    assertThat(tuned.best().get("r2")).isGreaterThan(0.9);
    assertThat(tuned.best().get("mae")).isLessThan(0.1);
    assertThat(tuned.model().metadata().labels()).containsExactly("a", "b");
  }
}
