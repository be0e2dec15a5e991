package dev.graft.core.transfer.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.Toy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a mask leaves trainable, and what that costs when a training step runs. */
class FreezeMaskTest {

  private static final int BATCH = 4;

  private final Model model = Toy.network();
  private final Graph graph = new CrossEntropy(0).attach(model.graph()).graph();

  private record Cost(int backwardSteps, long savedBytes, Map<String, Tensor> gradients) {}

  private Cost cost(FreezeMask mask) {
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, graph, model.weights());
      EagerExecutor executor = new EagerExecutor(graph, variables, backend, mask.trainable(graph));
      Tensor x = Initializer.normal(1).draw(Shape.of(BATCH, 1, Toy.SIZE, Toy.SIZE), 3);
      Tensor target = Tensor.of(Shape.of(BATCH), 0, 1, 2, 3);
      Executor.Step step = executor.step(Map.of("image", x, Loss.TARGET, target), Loss.VALUE, 1);
      return new Cost(executor.backwardSteps(), executor.savedBytes(), step.gradients());
    }
  }

  @Test
  void frozenTrunk_costsWhatTheHeadAloneCosts() {
    Cost cost = cost(FreezeMask.allBut(model.head()));
    // The layer, the Softmax that lets its logits through, and the loss.
    assertThat(cost.backwardSteps()).isEqualTo(3);
    // The features [N,4] for the weight's gradient, and the loss's logarithms and targets [N,4].
    assertThat(cost.savedBytes()).isEqualTo(Float.BYTES * 3 * BATCH * 4);
  }

  @Test
  void everyFurtherFrozenLayerOfAPrefix_savesStepsAndBytes() {
    Cost before = cost(FreezeMask.NONE);
    // The first layer reads the picture, which is there anyway: without it only steps go.
    for (int depth = 1; depth <= 4; depth++) {
      Cost now = cost(FreezeMask.firstLayers(depth));
      assertThat(now.backwardSteps()).as("depth %d", depth).isLessThan(before.backwardSteps());
      assertThat(now.savedBytes())
          .as("depth %d", depth)
          .isLessThan(before.savedBytes() + (depth == 1 ? 1 : 0));
      before = now;
    }
  }

  @Test
  void frozenLayersAboveATrainableOne_passItsGradientOn() {
    Cost all = cost(FreezeMask.NONE);
    Cost bottom = cost(FreezeMask.matching("block.conv").and(FreezeMask.matching("head")));
    assertThat(bottom.gradients()).containsKeys("stem.conv.weight", "block.norm.weight");
    assertThat(bottom.gradients()).doesNotContainKeys("block.conv.weight", "head.weight");
    // Both norms still take the batch's statistics, so not even a bit of a gradient differs.
    for (String name : Set.of("stem.conv.weight", "stem.norm.bias", "block.norm.weight")) {
      assertThat(bottom.gradients().get(name).host().array())
          .as(name)
          .isEqualTo(all.gradients().get(name).host().array());
    }
  }

  @Test
  void except_trainsWhatItNames_ofWhatTheMaskFreezes() {
    FreezeMask all = FreezeMask.matching("*");
    assertThat(all.except("head").trainable(graph))
        .isEqualTo(FreezeMask.allBut(model.head()).trainable(graph))
        .isNotEmpty();
    assertThat(FreezeMask.matching("stem.").except("stem.conv.bias").trainable(graph))
        .contains("stem.conv.bias")
        .doesNotContain("stem.conv.weight")
        .containsAll(all.except("head").trainable(graph));
    // What another mask freezes stays frozen.
    assertThat(all.except("head").and(all).trainable(graph)).isEmpty();
    assertThatThrownBy(() -> all.except("nothing").trainable(graph))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void firstLayers_countsFromTheInput_andAcceptsAnyNumber() {
    Set<String> all = FreezeMask.NONE.trainable(graph);
    assertThat(FreezeMask.firstLayers(0).trainable(graph)).isEqualTo(all);
    assertThat(FreezeMask.firstLayers(-1).trainable(graph)).isEqualTo(all);
    assertThat(FreezeMask.firstLayers(1).trainable(graph))
        .hasSize(all.size() - 2)
        .doesNotContain("stem.conv.weight", "stem.conv.bias");
    assertThat(FreezeMask.firstLayers(99).trainable(graph)).isEmpty();
  }

  @Test
  void masks_addUp() {
    FreezeMask both = FreezeMask.matching("stem.").and(FreezeMask.matching("block."));
    assertThat(both.trainable(graph)).containsExactly("head.weight", "head.bias");
  }

  @Test
  void aGlob_mustMatchAWholeName_aPrefixItsBeginning() {
    assertThat(FreezeMask.matching("stem.????").trainable(graph))
        .doesNotContain("stem.conv.weight", "stem.norm.bias")
        .contains("block.conv.weight");
    assertThat(FreezeMask.matching("*.bias").trainable(graph))
        .allMatch(name -> name.endsWith(".weight"));
    assertThatThrownBy(() -> FreezeMask.matching("*.con").trainable(graph))
        .isInstanceOf(GraphException.class);
    // A dot is a dot.
    assertThatThrownBy(() -> FreezeMask.matching("stem?con.").trainable(graph))
        .isInstanceOf(GraphException.class);
  }

  @Test
  void aPatternThatMatchesNothing_namesWhatIsNearIt() {
    assertThatThrownBy(() -> FreezeMask.matching("layer9").trainable(graph))
        .hasMessageContaining("layer9 matches no layer");
    assertThatThrownBy(() -> FreezeMask.matching("blok.con*").trainable(graph))
        .hasMessageContaining("near it are block.conv");
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(2));
    for (int i = 0; i < 30; i++) {
      x = g.linear("layer" + i, x, 2);
    }
    Model deep = g.build(x);
    assertThatThrownBy(() -> FreezeMask.matching("Layer17.weights").trainable(deep.graph()))
        .hasMessageContaining("layer17.weight")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(250));
  }
}
