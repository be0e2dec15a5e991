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
import dev.graft.core.train.task.Dense;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A mask for each picture: where the bright square is. */
class DenseTest {

  private static final int SIZE = 8;

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("picture", Shape.of(1, SIZE, SIZE));
    String seen = g.relu(g.conv("stem", x, 8, Window.square(3, 1, 1)));
    return g.build(g.conv("head", seen, 2, Window.square(1, 1, 0)));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int left = random.nextInt(5);
      int top = random.nextInt(5);
      float[] picture = new float[SIZE * SIZE];
      float[] mask = new float[SIZE * SIZE];
      for (int p = 0; p < mask.length; p++) {
        boolean inside = (p % SIZE - left) / 3 == 0 && p % SIZE >= left && p / SIZE >= top;
        mask[p] = p == 0 ? -1 : inside && p / SIZE < top + 3 ? 1 : 0;
        picture[p] = Math.max(0, mask[p]) + 0.6f * random.nextFloat();
      }
      items.add(List.of(picture, mask));
    }
    Shape plane = Shape.of(SIZE, SIZE);
    List<Dataset.Field> fields =
        List.of(
            new Dataset.Field("picture", Shape.of(1, SIZE, SIZE)),
            new Dataset.Field(Loss.TARGET, plane));
    return new TensorDataset(fields, items, i -> "picture " + i);
  }

  @Test
  void everyPixelGetsItsClass() {
    Split<Dataset> data = new Split<>(items(60, 1), items(20, 2));
    Settings settings = Settings.of(Recipe.FULL, 20).seed(1).rate(0.2).batchSize(8);
    Tuned tuned = FineTune.run(network(), new Dense(List.of("off", "on")), data, settings);
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.95);
    assertThat(tuned.best().get("iou")).isGreaterThan(0.85);
  }
}
