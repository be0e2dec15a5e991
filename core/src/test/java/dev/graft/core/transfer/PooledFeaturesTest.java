package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.feature.PooledFeatures;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A head that only averages over places needs no more than the averages. */
class PooledFeaturesTest extends FineTuneFixture {

  /** As SqueezeNet ends, which pads its last convolution of one place. */
  private static Model network(int pad, boolean isBent) {
    GraphBuilder g = new GraphBuilder(7);
    String x = g.input("image", Shape.of(1, Toy.SIZE, Toy.SIZE));
    x = g.relu(g.conv("stem", x, 6, Window.square(3, 1, 1)));
    x = g.conv("classes", x, 2, Window.square(1, 1, pad));
    x = isBent ? g.relu(x) : x;
    Model model = g.build(g.op(new Softmax(1), g.flatten(g.globalAveragePool(x))));
    return model.with(
        model.metadata().withPreprocessing(Preprocessing.named("unit", 1, Toy.SIZE, Toy.SIZE)));
  }

  private static Graph pooled(Graph graph) {
    return PooledFeatures.of(graph, FrozenPrefix.of(graph, head(graph)));
  }

  private static Set<String> head(Graph graph) {
    return Set.copyOf(graph.parameters(graph.node("classes")));
  }

  private float[] run(Graph graph, Model model) {
    Variables variables = new Variables(backend, graph, model.weights());
    Tensor x = Initializer.normal(1).draw(graph.input().bind(3), Rng.key(3, 1));
    return new PlanExecutor(graph, variables, backend, Set.of())
        .predict(Map.of("image", x))
        .get(graph.output())
        .toArray();
  }

  @Test
  void pooledBefore_theValuesAreTheSame_butForRounding() {
    for (int pad : new int[] {0, 1, 2}) {
      Model model = network(pad, false);
      Graph pooled = pooled(model.graph());
      float[] expected = run(model.graph(), model);
      float[] found = run(pooled, model);
      for (int i = 0; i < expected.length; i++) {
        // Probabilities of sums over 64 places.
        assertThat(found[i]).as("pad %d", pad).isCloseTo(expected[i], within(1e-6f));
      }
      FrozenPrefix split = FrozenPrefix.of(pooled, head(pooled));
      assertThat(split.bytesPerExample()).isEqualTo(6 * Float.BYTES);
    }
  }

  @Test
  void whatIsBentBetween_orReadElsewhere_staysAsItIs() {
    Graph bent = network(0, true).graph();
    assertThat(pooled(bent)).isSameAs(bent);
    GraphBuilder g = new GraphBuilder(7);
    String x =
        g.relu(g.conv("stem", g.input("image", Shape.of(1, 8, 8)), 6, Window.square(3, 1, 1)));
    String maps = g.conv("classes", x, 2, Window.square(1, 1, 0));
    String mean = g.op(new GlobalAveragePool(), maps);
    Graph forked = g.build(g.flatten(g.add(maps, mean))).graph();
    assertThat(pooled(forked)).isSameAs(forked);
    Graph free = network(0, false).graph();
    FrozenPrefix none = FrozenPrefix.of(free, Set.copyOf(free.parameters(free.node("stem"))));
    assertThat(PooledFeatures.of(free, none)).isSameAs(free);
  }

  /** The model that comes out is built as the one that went in. */
  @Test
  void aHeadIsTrainedOnThem_andWithoutTheCacheToTheSameBits() {
    Model model = network(1, false);
    Settings settings = settings(Recipe.HEAD, 6).rate(0.1);
    Tuned tuned = FineTune.run(model, Toy.data(), settings);
    assertThat(tuned.caches().get(0).bytes()).isEqualTo(64L * 6 * Float.BYTES);
    assertThat(tuned.model().graph().nodes()).hasSameSizeAs(model.graph().nodes());
    Tuned uncached = FineTune.run(model, Toy.data(), settings.cacheBytes(0));
    assertThat(Toy.same(weights(tuned), weights(uncached), weights(tuned).names())).isTrue();
  }
}
