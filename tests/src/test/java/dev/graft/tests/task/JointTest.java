package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.GraftException;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Joint;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SquaredError;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two outputs, a class and a number, each with a loss of its own. */
class JointTest {

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String seen = g.tanh(g.linear("hidden", g.input("x", Shape.of(2)), 12));
    return g.build(g.linear("kind", seen, 2), g.linear("sum", seen, 1));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = {2 * random.nextFloat() - 1, 2 * random.nextFloat() - 1};
      items.add(List.of(x, new float[] {x[0] > x[1] ? 1 : 0}, new float[] {x[0] + x[1]}));
    }
    List<Dataset.Field> fields =
        List.of(
            new Dataset.Field("x", Shape.of(2)),
            new Dataset.Field(Loss.TARGET + ".kind", Shape.SCALAR),
            new Dataset.Field(Loss.TARGET + ".sum", Shape.of(1)));
    return new TensorDataset(fields, items, i -> "item " + i);
  }

  @Test
  void bothOutputs_areLearntAndMeasuredUnderTheirNames() {
    Map<String, Loss> losses = new LinkedHashMap<>();
    losses.put("kind", new CrossEntropy(0));
    losses.put("sum", new SquaredError());
    Split<Dataset> data = new Split<>(items(200, 1), items(60, 2));
    Settings settings = Settings.of(Recipe.FULL, 30).seed(1).rate(0.1);
    var best = FineTune.tune(network(), new Joint(losses), data, settings).best();
    assertThat(best.scores())
        .extracting(s -> s.name())
        .containsExactly("accuracy.kind", "mae.sum", "r2.sum");
    assertThat(best.get("accuracy.kind")).isGreaterThan(0.9);
    assertThat(best.get("r2.sum")).isGreaterThan(0.9);
    assertThatThrownBy(() -> FineTune.tune(network(), new CrossEntropy(0), data, settings))
        .as("one loss does not say which output it judges")
        .isInstanceOf(GraftException.class);
  }
}
