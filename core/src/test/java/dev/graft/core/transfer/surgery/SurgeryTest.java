package dev.graft.core.transfer.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void tiedWeight_staysTheOtherLayers() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    g.weight("w", Tensor.zeros(Shape.of(5, 5)));
    String y = g.node("second", new MatMul(), g.node("first", new MatMul(), x, "w"), "w");
    Model model = g.build(y);
    Model replaced = Surgery.replaceHead(model, LABELS, 1);
    assertThat(replaced.weights().get("w")).isSameAs(model.weights().get("w"));
    assertThat(replaced.weights().get("w.new").shape()).isEqualTo(Shape.of(5, LABELS.size()));
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
    assertThatThrownBy(fork::head).hasMessageContaining("--head NODE");
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

  /** Every stored tensor, to be compared after something that must not touch it. */
  private static Map<String, float[]> bits(Model model) {
    Map<String, float[]> bits = new HashMap<>();
    model.weights().asMap().forEach((name, tensor) -> bits.put(name, tensor.toArray()));
    return bits;
  }

  @Test
  void surgery_leavesTheOldModelUntouched() {
    Model model = convolutional();
    Map<String, float[]> before = bits(model);
    Graph graph = model.graph();
    Surgery.replaceHead(model, LABELS, 1);
    Surgery.reinitialize(model, 1);
    Surgery.cut(model, "relu1");
    assertThat(model.graph()).isSameAs(graph);
    bits(model).forEach((name, values) -> assertThat(values).isEqualTo(before.get(name)));
    assertThat(graph.stored().get("classes.weight")).isEqualTo(Shape.of(10, 4, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void headOfGemm_isReplaced_whicheverWayItsWeightLies(boolean transposed) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    g.weight("w", Tensor.zeros(transposed ? Shape.of(7, 5) : Shape.of(5, 7)));
    g.weight("b", Tensor.zeros(Shape.of(7)));
    Model model = g.build(g.node("fc", new Gemm(1, 1, false, transposed), x, "w", "b"));
    Model grafted = Surgery.replaceHead(model, LABELS, 1);
    assertThat(output(grafted)).isEqualTo(Shape.of(2, 3));
    assertThat(grafted.weights().get("w").shape())
        .isEqualTo(transposed ? Shape.of(3, 5) : Shape.of(5, 3));
    assertThat(grafted.weights().get("b").toArray()).containsExactly(0, 0, 0);
    assertThat(grafted.metadata().head()).isEqualTo("fc");
    assertThat(grafted.head().layer().name()).isEqualTo("fc");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void oneBiasForAllClasses_becomesOneForEach(int rank) {
    GraphBuilder g = new GraphBuilder(1);
    int[] ones = new int[rank];
    Arrays.fill(ones, 1);
    String bias = g.weight("bias", Tensor.of(Shape.of(ones), 0.5f));
    String weight = g.weight("weight", Tensor.zeros(Shape.of(5, 4)));
    Model model =
        g.build(g.op(new Gemm(1, 1, false, true), g.input("x", Shape.of(4)), weight, bias));
    Model grafted = Surgery.replaceHead(model, List.of("a", "b", "c"), 1);
    assertThat(grafted.weights().get("bias").shape().elements()).isEqualTo(3);
    assertThat(grafted.graph().shapes(2).get(grafted.graph().output())).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void newHead_isSmallAndNormal() {
    GraphBuilder g = new GraphBuilder(1);
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(2000)), 7));
    float[] weight = Surgery.replaceHead(model, LABELS, 1).weights().get("fc.weight").toArray();
    double sum = 0;
    double squares = 0;
    for (float w : weight) {
      sum += w;
      squares += w * w;
    }
    // 6000 draws of deviation 0.01: their mean strays by 1.3e-4, their deviation by 0.9 %.
    assertThat(sum / weight.length).isCloseTo(0, within(5 * 1.3e-4));
    assertThat(Math.sqrt(squares / weight.length)).isCloseTo(0.01, within(5 * 0.9e-4));
  }

  @Test
  void reshapeBehindAConvolution_isAdapted() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("classes", g.input("x", Shape.of(2, 3, 3)), 10, Window.square(1, 1, 0));
    x = g.op(new Reshape(List.of(-1, 10)), g.globalAveragePool(x));
    Model grafted = Surgery.replaceHead(g.build(g.softmax(x)), LABELS, 1);
    assertThat(output(grafted)).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void layersThatCannotBeReplaced_areNamed() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(4, 3, 3));
    Model grouped = g.build(g.conv("grouped", x, 4, Window.square(3, 1, 1), 4, true));
    assertThatThrownBy(() -> Surgery.replaceHead(grouped, LABELS, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("Conv");
    Model norm = g.build(g.batchNorm("norm", x));
    assertThatThrownBy(() -> Surgery.replaceHead(norm, LABELS, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("no head");
    Model none = g.build(g.relu(x));
    assertThatThrownBy(() -> Surgery.replaceHead(none, LABELS, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("no head");
    assertThatThrownBy(() -> Surgery.replaceHead(convolutional(), List.of(), 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("at least 1 output");
  }

  @Test
  void severalOutputs_areRefused() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    Model two = g.build(g.linear("a", x, 3), g.linear("b", x, 3));
    assertThatThrownBy(() -> Surgery.replaceHead(two, LABELS, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("a, b");
  }

  @Test
  void cut_atANodesName_takesItsOutput() {
    Model model = Toy.network();
    Model byNode = Surgery.cut(model, "block.norm");
    assertThat(byNode.graph().outputs()).containsExactly("block.norm");
    assertThat(output(byNode)).isEqualTo(Shape.of(2, 4, Toy.SIZE, Toy.SIZE));
    assertThat(byNode.weights().names()).noneMatch(name -> name.startsWith("head"));
    assertThat(byNode.metadata().labels()).isEmpty();
    assertThat(byNode.metadata().preprocessing()).isEqualTo(model.metadata().preprocessing());
  }

  @Test
  void reinitialize_drawsNewWeights_andResetsStatistics() {
    Model model = Toy.network();
    Map<String, Tensor> moved = new HashMap<>();
    model
        .weights()
        .asMap()
        .forEach((name, tensor) -> moved.put(name, Initializer.normal(1).draw(tensor.shape(), 5)));
    Model trained = model.with(model.weights().with(moved));
    Weights fresh = Surgery.reinitialize(trained, 3).weights();
    for (String norm : List.of("stem.norm", "block.norm")) {
      assertThat(fresh.get(norm + ".weight").toArray()).containsOnly(1);
      assertThat(fresh.get(norm + ".bias").toArray()).containsOnly(0);
      assertThat(fresh.get(norm + ".running_mean").toArray()).containsOnly(0);
      assertThat(fresh.get(norm + ".running_var").toArray()).containsOnly(1);
    }
    for (String layer : List.of("stem.conv", "block.conv", "head")) {
      assertThat(fresh.get(layer + ".weight").toArray())
          .isNotEqualTo(trained.weights().get(layer + ".weight").toArray());
      assertThat(fresh.get(layer + ".bias").toArray()).containsOnly(0);
    }
    Weights again = Surgery.reinitialize(trained, 3).weights();
    Weights other = Surgery.reinitialize(trained, 4).weights();
    assertThat(Toy.same(fresh, again, fresh.names())).isTrue();
    assertThat(Toy.same(fresh, other, Set.of("stem.conv.weight"))).isFalse();
  }

  /** What a tensor starts from follows from what reads it, not from how many axes it has. */
  @Test
  void reinitialize_drawsVectorsThatAreWeights_andClearsBiasesThatAreMatrices() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5));
    g.weight("w", Initializer.ONES.draw(Shape.of(5, 4), 0));
    g.weight("row", Initializer.ONES.draw(Shape.of(1, 4), 0));
    g.weight("product.b", Initializer.ONES.draw(Shape.of(4), 0));
    g.weight("column", Initializer.ONES.draw(Shape.of(4), 0));
    String y = g.node("gemm", new Gemm(1, 1, false, false), x, "w", "row");
    g.weight("square", Initializer.ONES.draw(Shape.of(4, 4), 0));
    y = g.node("add", new Add(), g.node("product", new MatMul(), y, "square"), "product.b");
    Model model = g.build(g.node("sum", new MatMul(), y, "column"));
    Weights fresh = Surgery.reinitialize(model, 1).weights();
    assertThat(fresh.get("row").toArray()).containsOnly(0);
    assertThat(fresh.get("product.b").toArray()).containsOnly(0);
    assertThat(fresh.get("column").toArray()).doesNotContain(0, 1).doesNotHaveDuplicates();
  }

  /** Weights of 2 / fanIn: the sums of a Gemm run along the axis that input and weight share. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reinitialize_countsTheFanAlongTheSharedAxis(boolean transposed) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(200));
    g.weight("w", Tensor.zeros(transposed ? Shape.of(50, 200) : Shape.of(200, 50)));
    Model model = g.build(g.node("fc", new Gemm(1, 1, false, transposed), x, "w"));
    float[] w = Surgery.reinitialize(model, 7).weights().get("w").toArray();
    double squares = 0;
    for (float each : w) {
      squares += each * each;
    }
    // The variance of 10000 draws strays by sqrt(2 / 10000) = 1.4 % (one deviation).
    assertThat(squares / w.length).isCloseTo(2.0 / 200, within(0.06 * 2 / 200));
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

  private static Map<String, Tensor> run(Model model, Map<String, Tensor> inputs) {
    try (ReferenceBackend backend = new ReferenceBackend();
        Session session = Session.of(model, backend)) {
      return session.run(inputs);
    }
  }

  /** Three layers, with a connection that skips over the second. */
  private static Model skipping() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.relu(g.conv("one", g.input("x", Shape.of(3, 6, 6)), 4, Window.square(3, 1, 1)));
    x = g.op(new Add(), x, g.relu(g.conv("two", x, 4, Window.square(3, 1, 1))));
    return g.build(g.linear("three", g.flatten(g.globalAveragePool(x)), 2));
  }

  private static Tensor pictures(int channels) {
    return Initializer.normal(1).draw(Shape.of(2, channels, 6, 6), 12);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void firstAndLastLayers_togetherAreTheWhole(int count) {
    Model model = skipping();
    Model first = Surgery.firstLayers(model, count);
    Model last = Surgery.lastLayers(model, 3 - count);
    assertThat(first.graph().parametricNodes()).hasSize(count);
    assertThat(last.graph().parametricNodes()).hasSize(3 - count);
    Map<String, Tensor> features = run(first, Map.of("x", pictures(3)));
    Map<String, Tensor> whole = run(model, Map.of("x", pictures(3)));
    // The connection that skips over the second layer crosses no cut: both ends are on one side.
    assertThat(features).hasSize(1);
    float[] expected = whole.get(model.graph().output()).toArray();
    float[] found = run(last, features).get(model.graph().output()).toArray();
    for (int i = 0; i < expected.length; i++) {
      // Features around 1 are rounded between the halves, and summed in 36 + 4 products.
      assertThat(found[i]).isCloseTo(expected[i], within(40 * Math.ulp(1f)));
    }
  }

  @Test
  void allLayers_areTheModel_andOthersThanThereAreAreRefused() {
    Model model = skipping();
    assertThat(Surgery.firstLayers(model, 3)).isSameAs(model);
    assertThat(Surgery.lastLayers(model, 3)).isSameAs(model);
    for (int count : new int[] {0, -1, 4}) {
      assertThatThrownBy(() -> Surgery.firstLayers(model, count))
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("3 layers")
          .hasMessageContaining("found " + count);
      assertThatThrownBy(() -> Surgery.lastLayers(model, count)).isInstanceOf(GraphException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void inputChannels_keepWhatTheNetworkSays_ofTheSamePictureInOtherChannels(int channels) {
    Model model = skipping();
    Model adapted = Surgery.inputChannels(model, channels);
    assertThat(adapted.graph().input()).hasToString("[N," + channels + ",6,6]");
    // One channel in all three, or three channels twice.
    Tensor few = pictures(Math.min(3, channels));
    Tensor many = repeated(few, Math.max(3, channels));
    Tensor old = channels == 1 ? many : few;
    Tensor fresh = channels == 1 ? few : many;
    float[] expected = run(model, Map.of("x", old)).get(model.graph().output()).toArray();
    float[] found = run(adapted, Map.of("x", fresh)).get(model.graph().output()).toArray();
    for (int i = 0; i < expected.length; i++) {
      // Sums of 27 products, of numbers around 1, in another order.
      assertThat(found[i]).isCloseTo(expected[i], within(27 * 27 * Math.ulp(1f)));
    }
  }

  private static Tensor repeated(Tensor picture, int channels) {
    int plane = 36;
    int had = picture.shape().size(1);
    float[] from = picture.toArray();
    float[] to = new float[2 * channels * plane];
    for (int i = 0; i < to.length; i++) {
      int item = i / plane / channels;
      to[i] = from[(item * had + i / plane % channels % had) * plane + i % plane];
    }
    return Tensor.of(Shape.of(2, channels, 6, 6), to);
  }

  @Test
  void inputChannels_ofSomethingElseThanAConvolution_areRefused() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.relu(g.input("x", Shape.of(3, 6, 6)));
    Model model = g.build(g.linear("fc", g.flatten(g.globalAveragePool(x)), 2));
    assertThatThrownBy(() -> Surgery.inputChannels(model, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("Relu");
    assertThatThrownBy(() -> Surgery.inputChannels(skipping(), 0))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("found [N,3,6,6] and 0");
  }
}
