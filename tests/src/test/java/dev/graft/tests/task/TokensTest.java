package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.task.SingleLabel;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Six words of twenty: whether more of them are below ten. */
class TokensTest {

  private static final Shape WORDS = Shape.of(6);

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, WORDS));
    String mean = g.op(new ReduceMean(List.of(1), false), g.embedding("words", ids, 20, 8));
    return g.build(g.linear("head", mean, 2));
  }

  private static Dataset items(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] ids = new float[6];
      int low = 0;
      for (int w = 0; w < 6; w++) {
        ids[w] = random.nextInt(20);
        low += ids[w] < 10 ? 1 : -1;
      }
      items.add(List.of(ids, new float[] {low > 0 ? 1 : 0}));
    }
    Dataset.Field ids = new Dataset.Field("ids", ElementType.INT64, WORDS);
    Dataset.Field target = new Dataset.Field(Loss.TARGET, Shape.SCALAR);
    return new TensorDataset(List.of(ids, target), items, i -> "text " + i);
  }

  @Test
  void wordsAreLearntBehindAHeadThatWasLearntOnFrozenOnes() {
    Split<Dataset> data = new Split<>(items(300, 1), items(60, 2));
    Settings settings = Settings.of(Recipe.STAGED, 40).seed(1).rate(1);
    Tuned tuned = FineTune.run(network(), new SingleLabel(List.of("no", "yes")), data, settings);
    // More than half are below ten in 22 of 64 cases: a constant answer is right for 0.66.
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.8);
  }
}
