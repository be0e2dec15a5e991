package dev.graft.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How many Transposes are left of networks with channels last as they are usually built. */
class TypicalNetworksTest {

  private final ChannelsLast n = new ChannelsLast(1);

  @Test
  void mobileNet_keepsTheOneAtTheInput() {
    String x = n.relu6(n.norm(n.conv(n.input(16, 16, 3), 8, 3, 2)));
    for (int stride : new int[] {1, 2, 1, 2}) {
      // Keras pads by hand before it strides.
      x = stride == 2 ? n.g.op(new Pad(List.of(0, 0, 0, 0, 0, 1, 1, 0), 0), x) : x;
      x = n.relu6(n.norm(n.depthwise(x, stride)));
      x = n.relu6(n.norm(n.conv(x, n.channels(x) + 4, 1, 1)));
    }
    expectLeft(1, n.build(n.g.softmax(n.classes(x, 5))));
  }

  @Test
  void residualNetwork_keepsTheOneAtTheInput() {
    String x = n.maxPool(n.convNormRelu(n.input(16, 16, 3), 8, 3, 1));
    for (int block = 0; block < 4; block++) {
      int stride = block == 2 ? 2 : 1;
      int channels = block < 2 ? 8 : 12;
      String y = n.norm(n.conv(n.convNormRelu(x, channels, 3, stride), channels, 3, 1));
      x = n.relu(n.g.add(y, block == 2 ? n.norm(n.conv(x, channels, 1, 2)) : x));
    }
    expectLeft(1, n.build(n.classes(x, 5)));
  }

  @Test
  void inception_keepsTheOneAtTheInput() {
    String x = n.convNormRelu(n.input(8, 8, 3), 4, 3, 1);
    for (int block = 0; block < 2; block++) {
      x =
          n.concat(
              n.convNormRelu(x, 2, 1, 1),
              n.convNormRelu(n.convNormRelu(x, 2, 1, 1), 3, 3, 1),
              n.convNormRelu(n.averagePool(x), 2, 1, 1));
    }
    expectLeft(1, n.build(n.classes(x, 5)));
  }

  @Test
  void squeezeAndExcite_keepsTheOneAtTheInput() {
    String x = n.convNormRelu(n.input(8, 8, 3), 6, 3, 1);
    x = n.norm(n.conv(n.gated(x, false), 6, 1, 1));
    x = n.gated(n.g.add(x, n.norm(n.depthwise(n.relu(x), 1))), true);
    expectLeft(1, n.build(n.classes(x, 5)));
  }

  @Test
  void denselyConnected_keepsTheOneAtTheInput() {
    String x = n.convNormRelu(n.input(8, 8, 3), 4, 3, 1);
    for (int layer = 0; layer < 4; layer++) {
      x = n.concat(x, n.conv(n.relu(n.norm(x)), 2, 3, 1));
    }
    expectLeft(1, n.build(n.classes(n.relu(n.norm(x)), 5)));
  }

  @Test
  void beforeAFlatten_oneMoreIsLeft() {
    String x = n.maxPool(n.convNormRelu(n.input(8, 8, 3), 4, 3, 1));
    expectLeft(2, n.build(n.flatClasses(x, 5)));
  }

  @Test
  void beforeAFlattenOfOnePixel_noneIsLeft() {
    String x = n.maxPool(n.convNormRelu(n.input(2, 2, 3), 4, 3, 1));
    expectLeft(1, n.build(n.flatClasses(x, 5)));
  }

  @Test
  void outputWithChannelsLast_keepsItsOrder() {
    String x = n.convNormRelu(n.input(8, 8, 3), 4, 3, 1);
    String mask = n.g.sigmoid(n.conv(x, 1, 3, 1));
    Model model = n.build(n.conv(x, 2, 1, 1), mask);
    Model after = expectLeft(2, model);
    assertThat(after.graph().shapes(1)).containsAllEntriesOf(outputs(model));
  }

  @Test
  void storedVectors_turnWithWhatTheyScale() {
    String x = n.conv(n.input(8, 8, 3), 4, 3, 1);
    x = n.relu(n.withVector(new Add(), n.withVector(new Mul(), x)));
    Model after = expectLeft(1, n.build(n.classes(n.conv(x, 3, 1, 1), 5)));
    assertThat(after.weights().get("vector4").shape().toArray()).containsExactly(4, 1, 1);
  }

  /** Channels first and shuffled, as in ShuffleNet: nothing to gain, nothing to lose. */
  @Test
  void modelWithChannelsFirst_staysTheVeryModel() {
    String x = n.g.input("picture", Shape.of(4, 8, 8));
    x = n.g.conv("conv", x, 4, Window.square(3, 1, 1));
    x = n.g.op(new Reshape(List.of(-1, 2, 2, 8, 8)), n.relu(x));
    x = n.g.op(new Transpose(List.of(0, 2, 1, 3, 4)), x);
    x = n.g.op(new Reshape(List.of(-1, 4, 8, 8)), x);
    Model model = n.build(n.g.linear("fc", n.g.flatten(n.g.globalAveragePool(x)), 3));
    Rewritten result = new CancelTransposes().apply(model);
    assertThat(result.model()).isSameAs(model);
    assertThat(result.notes()).isEmpty();
  }

  @Test
  void changesAreTold() {
    Model model = n.build(n.classes(n.convNormRelu(n.input(4, 4, 3), 4, 3, 1), 2));
    assertThat(new CancelTransposes().apply(model).notes())
        .containsExactly("Transposes: 4 as it was, 1 left");
  }

  private static Map<String, Shape> outputs(Model model) {
    Map<String, Shape> shapes = model.graph().shapes(1);
    shapes.keySet().retainAll(model.graph().outputs());
    return shapes;
  }

  private static Model expectLeft(int count, Model model) {
    Model after = new CancelTransposes().apply(model).model();
    assertThat(
            after.graph().nodes().stream()
                .filter(node -> node.op() instanceof Transpose)
                .map(Node::toString))
        .hasSize(count);
    assertThat(after.graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(after.graph().outputs()).isEqualTo(model.graph().outputs());
    // What is not a Transpose keeps its name and its parameters.
    assertThat(names(after)).containsAll(names(model));
    assertThat(after.parameterCount()).isEqualTo(model.parameterCount());
    SameFunction.check("typical", model, after);
    return after;
  }

  private static Set<String> names(Model model) {
    return model.graph().nodes().stream()
        .filter(node -> !(node.op() instanceof Transpose))
        .map(Node::name)
        .collect(Collectors.toSet());
  }
}
