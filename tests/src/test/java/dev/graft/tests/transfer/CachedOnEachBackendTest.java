package dev.graft.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A frozen trunk with convolutions and a fully connected layer, whose features are cached in
 * batches of 16, against the same trunk run within every step: the batches of 5 and the last one of
 * 2 take other paths through the kernels, and must not give other bits.
 */
class CachedOnEachBackendTest {

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(3, 18, 18));
    x = g.relu(g.batchNorm("norm1", g.conv("conv1", x, 16, Window.square(3, 1, 1))));
    x = g.maxPool(x, Window.square(2, 2, 0));
    x = g.relu(g.conv("conv2", x, 32, Window.square(3, 1, 1)));
    x = g.relu(g.linear("hidden", g.flatten(x), 96));
    return g.build(g.linear("head", x, 3));
  }

  private static Dataset items(int count, long seed) {
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = Initializer.normal(1).draw(Shape.of(3, 18, 18), seed * 1000 + i).toArray();
      items.add(List.of(x, new float[] {i % 3}));
    }
    List<Dataset.Field> fields =
        List.of(
            new Dataset.Field("x", Shape.of(3, 18, 18)),
            new Dataset.Field(Loss.TARGET, Shape.SCALAR));
    return new TensorDataset(fields, items, i -> "item " + i);
  }

  @ParameterizedTest
  @MethodSource("dev.graft.tests.golden.PoisonedBackend#names")
  void cachedFeatures_areTheBitsOfThoseComputedInEveryStep(String name) {
    try (Backend backend = Backends.byName(name, 2)) {
      Split<Dataset> data = new Split<>(items(37, 1), items(11, 2));
      Settings settings = Settings.of(Recipe.HEAD, 2).batchSize(5).backend(backend).threads(2);
      Model model = network();
      Tuned cached = FineTune.tune(model, new CrossEntropy(0), data, settings);
      Tuned direct = FineTune.tune(model, new CrossEntropy(0), data, settings.cacheBytes(0));
      assertThat(cached.caches().get(0).isCached()).isTrue();
      assertThat(direct.caches().get(0).isCached()).isFalse();
      for (String weight : List.of("head.weight", "head.bias")) {
        assertThat(cached.model().weights().get(weight).toArray())
            .as(weight)
            .isEqualTo(direct.model().weights().get(weight).toArray());
      }
    }
  }
}
