package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.task.SingleLabel;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A picture and a number: neither alone tells the class. */
class TwoInputsTest {

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String picture = g.input("picture", Shape.of(1, 4, 4));
    String seen = g.relu(g.conv("stem", picture, 4, Window.square(3, 1, 1)));
    String all = g.concat(g.flatten(seen), g.input("number", Shape.of(1)));
    return g.build(g.linear("head", g.tanh(g.linear("hidden", all, 16)), 2));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean bright = random.nextBoolean();
      boolean positive = random.nextBoolean();
      float[] picture = new float[16];
      for (int p = 0; p < 16; p++) {
        picture[p] = (bright ? 0.7f : 0) + 0.3f * random.nextFloat();
      }
      items.add(
          List.of(
              picture, new float[] {positive ? 1 : -1}, new float[] {bright ^ positive ? 1 : 0}));
    }
    List<Dataset.Field> fields =
        List.of(
            new Dataset.Field("picture", Shape.of(1, 4, 4)),
            new Dataset.Field("number", Shape.of(1)),
            new Dataset.Field(Loss.TARGET, Shape.SCALAR));
    return new TensorDataset(fields, items, i -> "item " + i);
  }

  @Test
  void pictureAndNumber_areLearntTogether() {
    Split<Dataset> data = new Split<>(items(200, 1), items(50, 2));
    Settings settings = Settings.of(Recipe.FULL, 30).seed(1).rate(0.1);
    var tuned = FineTune.run(network(), new SingleLabel(List.of("no", "yes")), data, settings);
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.95);
  }
}
