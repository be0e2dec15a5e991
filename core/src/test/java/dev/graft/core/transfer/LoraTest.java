package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Lora;
import dev.graft.core.transfer.surgery.PartialImport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Adapters change nothing until they are trained, and end in the weights they were put beside. */
class LoraTest extends FineTuneFixture {

  /** Products with a stored matrix in all forms: with a bias behind, transposed or not. */
  private static Model products() {
    GraphBuilder g = new GraphBuilder(5);
    String x = g.input("x", Shape.of(6));
    Map<String, Tensor> extra = new LinkedHashMap<>();
    x = g.relu(g.linear("first", x, 7));
    Model built = g.build(g.linear("head", x, 3));
    Graph graph = built.graph();
    extra.put("m.weight", Initializer.normal(0.5).draw(Shape.of(7, 5), 1));
    extra.put("m.bias", Initializer.normal(0.5).draw(Shape.of(5), 2));
    extra.put("n.weight", Initializer.normal(0.5).draw(Shape.of(5, 7), 3));
    String before = graph.node("head").inputs().get(0);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.name().equals("head")) {
        nodes.add(node("m", new MatMul(), List.of(before, "m.weight"), "m"));
        nodes.add(node("m.add", new Add(), List.of("m", "m.bias"), "m.sum"));
        nodes.add(node("n", new Gemm(0.5, 1, false, false), List.of("m.sum", "n.weight"), "n"));
        nodes.add(node.reading(before, "n"));
      } else {
        nodes.add(node);
      }
    }
    Weights weights = built.weights().with(extra);
    return new Model(
        new Graph(graph.inputs(), Model.shapesOf(weights), nodes, graph.outputs()),
        weights,
        built.metadata());
  }

  private static Node node(String name, Op op, List<String> reads, String output) {
    return new Node(name, op, reads, List.of(output));
  }

  private float[] run(Model model, boolean isPlanned) {
    Variables variables = new Variables(backend, model.graph(), model.weights());
    Executor executor =
        isPlanned
            ? new PlanExecutor(model.graph(), variables, backend, Set.of())
            : new EagerExecutor(model.graph(), variables, backend, Set.of());
    InputSpec input = model.graph().input();
    Tensor x = Initializer.normal(1).draw(input.bind(5), Rng.key(3, 1));
    return executor.predict(Map.of(input.name(), x)).get(model.graph().output()).toArray();
  }

  @Test
  void untrained_theyChangeNoBit() {
    for (Model base : List.of(Toy.network(), Toy.plain(), products())) {
      Model adapted = Lora.of(base, FreezeMask.NONE, 2, 9).model();
      assertThat(adapted.graph().nodes()).hasSizeGreaterThan(base.graph().nodes().size());
      for (boolean isPlanned : new boolean[] {true, false}) {
        assertThat(run(adapted, isPlanned)).isEqualTo(run(base, isPlanned));
      }
    }
  }

  /**
   * With random adapters, of all kinds of layers, behind a normalisation that is not the identity.
   */
  @Test
  void merged_theyGiveWhatTheyGaveApart() {
    Model tuned =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 2).rate(0.05)).model();
    for (Model base : List.of(tuned, Toy.plain(), products())) {
      Lora lora = Lora.of(base, FreezeMask.NONE, 2, 9);
      Map<String, Tensor> drawn = new LinkedHashMap<>();
      lora.adapters(lora.model())
          .asMap()
          .forEach(
              (name, tensor) ->
                  drawn.put(name, Initializer.normal(0.3).draw(tensor.shape(), Rng.key(4, name))));
      Model random = lora.model().with(lora.model().weights().with(drawn));
      Model merged = lora.merged(random);
      assertThat(merged.graph().nodes()).hasSameSizeAs(base.graph().nodes());
      assertThat(merged.weights().names()).isEqualTo(base.weights().names());
      float[] apart = run(random, true);
      float[] together = run(merged, true);
      assertThat(apart).isNotEqualTo(run(base, true));
      for (int i = 0; i < apart.length; i++) {
        assertThat(together[i])
            .isCloseTo(apart[i], within(1e-5f * Math.max(1, Math.abs(apart[i]))));
      }
    }
  }

  @Test
  void training_movesAdaptersAndHeadAlone_andTheAdaptersCanBeKeptAlone() {
    Model base = Toy.network();
    Lora lora = Lora.of(base, FreezeMask.NONE, 2, 9);
    Tuned tuned =
        FineTune.run(
            lora.model(), Toy.data(), settings(Recipe.STAGED, 12).rate(0.1).freeze(lora.frozen()));
    Weights trained = tuned.model().weights();
    Set<String> still = new HashSet<>(base.weights().names());
    still.removeIf(name -> name.startsWith("head"));
    assertThat(Toy.same(trained, base.weights(), still)).isTrue();
    Weights adapters = lora.adapters(tuned.model());
    assertThat(adapters.names()).hasSize(4);
    assertThat(adapters.get("stem.conv.weight.lora_B").toArray()).isNotEqualTo(new float[8]);
    PartialImport again =
        PartialImport.of(
            lora.model(), adapters.with(Map.of("unknown", Tensor.of(Shape.of(1), 0f))));
    assertThat(again.loaded()).hasSize(4);
    assertThat(again.unused()).containsExactly("unknown");
    assertThat(Toy.same(again.model().weights(), adapters, adapters.names())).isTrue();
    Model merged = lora.merged(tuned.model());
    assertThat(merged.metadata().labels()).containsExactly("left", "up");
    float[] apart = run(tuned.model(), true);
    float[] together = run(merged, true);
    for (int i = 0; i < apart.length; i++) {
      assertThat(together[i]).isCloseTo(apart[i], within(1e-5f));
    }
  }

  @Test
  void whatCannotBeAdapted_isSaid() {
    assertThatThrownBy(() -> Lora.of(Toy.network(), FreezeMask.NONE, 0, 1))
        .hasMessageContaining("rank of at least 1, found 0");
    assertThatThrownBy(() -> Lora.of(Toy.network(), FreezeMask.matching("*.conv"), 2, 1))
        .hasMessageContaining("no layer can have an adapter");
    Lora some = Lora.of(Toy.network(), FreezeMask.matching("stem."), 2, 1);
    assertThat(some.adapters(some.model()).names())
        .containsExactlyInAnyOrder("block.conv.weight.lora_A", "block.conv.weight.lora_B");
  }
}
