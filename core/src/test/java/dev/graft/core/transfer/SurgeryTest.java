package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Add;
import dev.graft.core.op.MatMul;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SurgeryTest {

  private static final List<String> LABELS = List.of("a", "b", "c");

  private static Shape output(Model model) {
    return model.graph().shapes(2).get(model.graph().output());
  }

  /** As SqueezeNet ends: convolution, ReLU, pooling, Softmax. */
  private static Model convolutional() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.conv("trunk", g.input("x", Shape.of(1, 6, 6)), 4, Window.square(3, 1, 1)));
    x = g.relu(g.conv("classes", x, 10, Window.square(1, 1, 0)));
    return g.build(g.softmax(g.flatten(g.globalAveragePool(x))));
  }

  @Test
  void headOfConvolution_losesItsActivation_keepsPoolingAndSoftmax() {
    Model model = convolutional();
    Weights before = model.weights();
    float[] old = before.get("classes.weight").toArray();
    Model grafted = Surgery.replaceHead(model, LABELS, 1);
    assertThat(output(grafted)).isEqualTo(Shape.of(2, 3));
    assertThat(grafted.graph().nodes().stream().map(n -> n.op().type()))
        .containsExactly(
            "Conv", "Relu", "Conv", "Identity", "GlobalAveragePool", "Flatten", "Softmax");
    assertThat(grafted.metadata().labels()).isEqualTo(LABELS);
    assertThat(grafted.head().trunk()).isEqualTo("relu1");
    assertThat(grafted.weights().get("classes.bias").toArray()).containsOnly(0);
    assertThat(before.get("classes.weight").toArray()).isEqualTo(old);
    assertThat(Toy.same(grafted.weights(), before, Set.of("trunk.weight"))).isTrue();
  }

  @Test
  void sameSeed_givesTheSameHead() {
    Model a = Surgery.replaceHead(convolutional(), LABELS, 1);
    Model b = Surgery.replaceHead(convolutional(), LABELS, 1);
    Model c = Surgery.replaceHead(convolutional(), LABELS, 2);
    assertThat(Toy.same(a.weights(), b.weights(), Set.of("classes.weight"))).isTrue();
    assertThat(Toy.same(a.weights(), c.weights(), Set.of("classes.weight"))).isFalse();
  }

  @Test
  void headOfMatMulAndAdd_isReplacedWhole() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    g.weight("w", Tensor.zeros(Shape.of(5, 7)));
    g.weight("b", Tensor.zeros(Shape.of(7)));
    String y = g.node("add", new Add(), g.node("product", new MatMul(), x, "w"), "b");
    Model model = g.build(g.op(new Reshape(List.of(-1, 7)), y));
    assertThat(model.head().bias()).isNotNull();
    Model grafted = Surgery.replaceHead(model, LABELS, 1);
    assertThat(output(grafted)).isEqualTo(Shape.of(2, 3));
    assertThat(grafted.weights().get("b").shape()).isEqualTo(Shape.of(3));
  }

  @Test
  void tiedWeight_isNotReplaced() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    g.weight("w", Tensor.zeros(Shape.of(5, 5)));
    String y = g.node("second", new MatMul(), g.node("first", new MatMul(), x, "w"), "w");
    Model model = g.build(y);
    assertThatThrownBy(() -> Surgery.replaceHead(model, LABELS, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("shared");
  }

  @Test
  void severalOutputsOrAFork_haveNoHead() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    String a = g.linear("a", x, 3);
    String b = g.linear("b", x, 3);
    Model two = g.build(a, b);
    assertThatThrownBy(two::head).isInstanceOf(GraphException.class).hasMessageContaining("a, b");
    Model fork = g.build(g.add(a, b));
    assertThatThrownBy(fork::head).hasMessageContaining("name the node");
    Head named = Head.of(g.build(a).graph(), "a");
    assertThat(named.trunk()).isEqualTo("x");
  }

  @Test
  void cut_makesAFeatureExtractor_byValueOrNode() {
    Model model = convolutional();
    Model features = Surgery.cut(model, "relu1");
    assertThat(output(features)).isEqualTo(Shape.of(2, 4, 6, 6));
    assertThat(features.graph().nodes()).extracting(Node::name).containsExactly("trunk", "relu1");
    assertThat(features.weights().names()).containsExactlyInAnyOrder("trunk.weight", "trunk.bias");
    assertThatThrownBy(() -> Surgery.cut(model, "nowhere")).hasMessageContaining("nowhere");
  }

  @Test
  void freezeMask_selectsByPrefixPatternAndDepth() {
    Model model = Toy.network();
    assertThat(FreezeMask.matching("stem.").trainable(model.graph()))
        .containsExactly(
            "block.conv.weight",
            "block.conv.bias",
            "block.norm.weight",
            "block.norm.bias",
            "head.weight",
            "head.bias");
    assertThat(FreezeMask.matching("*.norm*").trainable(model.graph()))
        .doesNotContain("stem.norm.weight", "block.norm.bias")
        .contains("stem.conv.weight");
    assertThat(FreezeMask.firstLayers(3).trainable(model.graph()))
        .containsExactly("block.norm.weight", "block.norm.bias", "head.weight", "head.bias");
    assertThat(FreezeMask.allBut(model.head()).trainable(model.graph()))
        .containsExactly("head.weight", "head.bias");
    assertThatThrownBy(() -> FreezeMask.matching("layer9").trainable(model.graph()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("layer9")
        .hasMessageContaining("stem.conv");
  }
}
