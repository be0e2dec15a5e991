package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SoftTargets;
import dev.graft.core.train.task.SingleLabel;
import dev.graft.core.transfer.Distill;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network for pictures of any size. */
class OpenPicturesTest {

  private static final SingleLabel TASK = new SingleLabel(List.of("dark", "bright"));

  private static Model network(int seed) {
    GraphBuilder g = new GraphBuilder(seed);
    Size batch = Size.open("batch", "");
    Shape any = Shape.ofSizes(batch, Size.of(3), Size.open("height", ""), Size.open("width", ""));
    String x = g.input(new InputSpec("picture", ElementType.FLOAT32, any));
    x = g.relu(g.batchNorm("norm", g.conv("stem", x, 4, Window.square(7, 4, 3))));
    x = g.relu(g.conv("next", g.maxPool(x, Window.square(3, 2, 1)), 6, Window.square(3, 2, 1)));
    return g.build(g.softmax(g.linear("head", g.flatten(g.globalAveragePool(x)), 5)));
  }

  private static Dataset pictures(int size, int count) {
    Random random = new Random(count);
    List<List<float[]>> items =
        IntStream.range(0, count)
            .mapToObj(i -> List.of(picture(size, i, random), kind(i)))
            .toList();
    Dataset.Field picture = new Dataset.Field("picture", Shape.of(3, size, size));
    Dataset.Field target = new Dataset.Field(Loss.TARGET, Shape.SCALAR);
    return new TensorDataset(List.of(picture, target), items, i -> "picture " + i);
  }

  private static float[] kind(int i) {
    return new float[] {i % 2};
  }

  private static float[] picture(int size, int i, Random random) {
    float[] values = new float[3 * size * size];
    for (int p = 0; p < values.length; p++) {
      values[p] = i % 2 + random.nextFloat() - 0.5f;
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {96, 160})
  void itTrainsByEveryRecipe_andIsDistilled(int size) {
    Split<Dataset> data = new Split<>(pictures(size, 16), pictures(size, 8));
    for (Recipe recipe : Recipe.ALL) {
      Settings settings = Settings.of(recipe, 6).seed(1).rate(0.1).batchSize(8);
      var tuned = FineTune.run(network(1), TASK, data, settings);
      assertThat(tuned.best().get("accuracy")).as(recipe.name()).isGreaterThan(0.7);
      assertThat(tuned.model().graph().input()).hasToString("[N,3,height,width]");
    }
    Settings settings = Settings.of(Recipe.FULL, 6).seed(1).rate(0.1).batchSize(8);
    Model teacher = FineTune.run(network(1), TASK, data, settings).model();
    var teachers = List.of(new Distill.Teacher(teacher, data, new int[] {0, 1}));
    var student = Distill.run(teachers, network(2), TASK, data, new SoftTargets(2), 0.5, settings);
    assertThat(student.best().get("accuracy")).isGreaterThan(0.7);
  }
}
