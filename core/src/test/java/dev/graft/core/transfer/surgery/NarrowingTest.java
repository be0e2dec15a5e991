package dev.graft.core.transfer.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.transfer.Toy;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same architecture at a share of its width. */
class NarrowingTest {

  private static Map<String, Shape> stored(Model model) {
    return model.graph().stored();
  }

  @Test
  void convolutions_normalisations_andResiduals_areNarrowed_andTheHeadReadsLess() {
    Model half = Surgery.narrowed(Toy.network(), 0.5, 1);
    assertThat(stored(half))
        .containsEntry("stem.conv.weight", Shape.of(2, 1, 3, 3))
        .containsEntry("stem.norm.weight", Shape.of(2))
        .containsEntry("block.conv.weight", Shape.of(2, 2, 3, 3))
        .containsEntry("head.weight", Shape.of(4, 2))
        .containsEntry("head.bias", Shape.of(4));
    assertThat(half.graph().shapes(3).get(half.graph().output())).isEqualTo(Shape.of(3, 4));
    // Nothing of the old weights is left, and the seed decides.
    Model same = Surgery.narrowed(Toy.network(), 0.5, 1);
    Model other = Surgery.narrowed(Toy.network(), 0.5, 2);
    assertThat(Toy.same(half.weights(), same.weights(), half.weights().names())).isTrue();
    assertThat(Toy.same(half.weights(), other.weights(), Map.of("head.weight", 1).keySet()))
        .isFalse();
  }

  @Test
  void whatIsFlattened_isReadInItsNewLength_andDepthwiseStaysDepthwise() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("one", g.input("x", Shape.of(3, 6, 6)), 8, Window.square(3, 1, 1));
    x = g.conv("deep", g.relu(x), 8, Window.square(3, 2, 1), 8, false);
    x = g.relu(g.linear("middle", g.flatten(x), 12));
    Model quarter = Surgery.narrowed(g.build(g.linear("head", x, 5)), 0.25, 1);
    assertThat(stored(quarter))
        .containsEntry("one.weight", Shape.of(2, 3, 3, 3))
        .containsEntry("deep.weight", Shape.of(2, 1, 3, 3))
        .containsEntry("middle.weight", Shape.of(3, 2 * 3 * 3))
        .containsEntry("middle.bias", Shape.of(3))
        .containsEntry("head.weight", Shape.of(5, 3));
  }

  @Test
  void aWidthThatIsNoShare_orGroupsThatDoNotFit_areRefused() {
    assertThatThrownBy(() -> Surgery.narrowed(Toy.plain(), 0, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("(0, 1]");
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("one", g.input("x", Shape.of(3, 6, 6)), 6, Window.square(1, 1, 0));
    x = g.conv("grouped", x, 6, Window.square(1, 1, 0), 2, false);
    Model model = g.build(g.linear("head", g.flatten(x), 2));
    assertThatThrownBy(() -> Surgery.narrowed(model, 0.5, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("grouped convolves in 2 groups, which 3 channels");
  }
}
