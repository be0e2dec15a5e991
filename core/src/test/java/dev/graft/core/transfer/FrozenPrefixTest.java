package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.data.Unreadable;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.Variants;
import dev.graft.core.transfer.feature.FeatureCache;
import dev.graft.core.transfer.feature.FrozenFeatures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a graph is split, and that its two halves compute what the whole does. */
class FrozenPrefixTest {

  private static final int ITEMS = 5;

  private static Set<String> head(Model model, String... prefixes) {
    Set<String> trainable = new LinkedHashSet<>(model.graph().stored(Role.PARAMETER));
    trainable.removeIf(name -> List.of(prefixes).stream().noneMatch(name::startsWith));
    return trainable;
  }

  private static List<String> names(Graph graph) {
    return graph.nodes().stream().map(Node::name).toList();
  }

  /** The rest, fed from a filled cache, against the whole graph fed with the same items. */
  private static void agree(Model model, FrozenPrefix split) {
    Graph graph = model.graph();
    InputSpec input = graph.input();
    int[] sizes = input.bind(1).toArray();
    int[] item = new int[sizes.length - 1];
    System.arraycopy(sizes, 1, item, 0, item.length);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      items.add(List.of(Initializer.normal(1).draw(Shape.of(item), Rng.key(3, i)).toArray()));
    }
    Dataset source =
        new TensorDataset(
            List.of(new Dataset.Field(input.name(), Shape.of(item))), items, i -> "item " + i);
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, graph, model.weights());
      FeatureCache cache =
          new FeatureCache(
              new FrozenFeatures(split.prefix(), variables, backend, split.shared()),
              1,
              TrainListener.SILENT,
              new Cancellation());
      Dataset features =
          cache.fill("features", "", source, new Variants(1, 1), Unreadable.of(source));
      PlanExecutor whole = new PlanExecutor(graph, variables, backend, Set.of());
      PlanExecutor rest = new PlanExecutor(split.rest(), variables, backend, Set.of());
      for (int i = 0; i < ITEMS; i++) {
        Map<String, Tensor> fed = new HashMap<>();
        for (int f = 0; f < features.fields().size(); f++) {
          Dataset.Field field = features.fields().get(f);
          Shape one = InputSpec.batched(field.name(), field.item()).bind(1);
          fed.put(field.name(), Tensor.of(one, features.read(i, 0).get(f)));
        }
        Tensor x = Tensor.of(input.bind(1), items.get(i).get(0));
        String output = graph.output();
        assertThat(rest.predict(fed).get(output).toArray())
            .as("item %d", i)
            .isEqualTo(whole.predict(Map.of(input.name(), x)).get(output).toArray());
      }
    }
  }

  @Test
  void chain_isSplitAtOneValue() {
    Model model = Toy.network();
    FrozenPrefix split = FrozenPrefix.of(model.graph(), head(model, "head"));
    assertThat(split.features()).containsOnlyKeys("flatten1");
    assertThat(split.bytesPerExample()).isEqualTo(4 * Float.BYTES);
    assertThat(split.isWorthwhile()).isTrue();
    assertThat(names(split.rest())).containsExactly("head", "softmax1");
    agree(model, split);
  }

  @Test
  void residual_isSplitAtTwoValues() {
    GraphBuilder g = new GraphBuilder(2);
    String stem = g.conv("stem", g.input("x", Shape.of(1, 4, 4)), 3, Window.square(3, 1, 1));
    String frozen = g.relu(stem);
    String moving = g.conv("block", frozen, 3, Window.square(3, 1, 1));
    String aside = g.tanh(stem);
    String joined = g.add(moving, aside);
    Model model = g.build(g.linear("head", g.flatten(g.globalAveragePool(joined)), 2));
    FrozenPrefix split = FrozenPrefix.of(model.graph(), head(model, "block", "head"));
    assertThat(split.features()).containsOnlyKeys("relu1", "tanh1");
    assertThat(split.bytesPerExample()).isEqualTo(2L * 3 * 4 * 4 * Float.BYTES);
    assertThat(names(split.prefix())).containsExactly("stem", "relu1", "tanh1");
    agree(model, split);
  }

  @Test
  void trainingFromTheInputOn_leavesNothingToCache() {
    Model model = Toy.network();
    FrozenPrefix split = FrozenPrefix.of(model.graph(), head(model, "stem.conv"));
    assertThat(split.isWorthwhile()).isFalse();
    assertThat(split.rest().nodes()).hasSameSizeAs(model.graph().nodes());
  }

  /** PyTorch exports a linear layer so where constants are not folded. */
  @Test
  void valuesThatDependOnNoPicture_stayWithTheRest() {
    GraphBuilder g = new GraphBuilder(2);
    String x = g.linear("first", g.input("x", Shape.of(4)), 4);
    String hidden = g.relu(g.linear("second", x, 4));
    g.weight("matrix", Initializer.normal(1).draw(Shape.of(3, 4), 8));
    String turned = g.op(new Transpose(List.of(1, 0)), "matrix");
    Model model = g.build(g.linear("head", g.node("product", new MatMul(), hidden, turned), 2));
    FrozenPrefix split = FrozenPrefix.of(model.graph(), head(model, "second", "head"));
    assertThat(split.features()).containsOnlyKeys("first");
    assertThat(names(split.rest()))
        .containsExactlyInAnyOrder("second", "relu1", turned, "product", "head");
    agree(model, split);
  }

  @Test
  void valuesWithoutAPictureInEachRow_areNotCached() {
    GraphBuilder g = new GraphBuilder(2);
    String x = g.linear("first", g.input("x", Shape.of(4)), 4);
    String rows = g.op(new Reshape(List.of(-1, 2)), x);
    String scaled = g.linear("second", g.op(new Mul(), rows, rows), 2);
    Model model = g.build(g.linear("head", g.op(new Reshape(List.of(-1, 4)), scaled), 2));
    FrozenPrefix split = FrozenPrefix.of(model.graph(), head(model, "second", "head"));
    assertThat(split.isWorthwhile()).isFalse();
  }
}
