package dev.graft.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Functions as exporters spell them out become one operation, and nothing that only looks so. */
class RecognizePatternsTest {

  /** The numbers of the formulas are floats: 6e-8 each, times values below 10. */
  private static final double TOLERANCE = 2e-6;

  private final GraphBuilder g = new GraphBuilder(4);
  private int numbers;

  private String number(double value, int... shape) {
    return g.weight("number" + numbers++, Tensor.of(Shape.of(shape), (float) value));
  }

  private String mul(String a, String b) {
    return g.op(new Mul(), a, b);
  }

  private String div(String a, String b) {
    return g.op(new Div(), a, b);
  }

  /** A layer before the function, so that there are gradients, and one behind. */
  private Model around(UnaryOperator<String> function) {
    String x = g.linear("before", g.input("x", Shape.of(5)), 6);
    return g.build(g.linear("after", function.apply(x), 3));
  }

  private static Model recognised(Model model) {
    return new RecognizePatterns().apply(model).model();
  }

  private static List<Op> between(Model model) {
    List<Node> nodes = model.graph().nodes();
    return nodes.subList(1, nodes.size() - 1).stream().map(Node::op).toList();
  }

  private void expect(Op op, UnaryOperator<String> function) {
    Model model = around(function);
    Model found = recognised(model);
    assertThat(between(found)).containsExactly(op);
    List<Node> before = model.graph().nodes();
    assertThat(found.graph().nodes().get(1).name()).isEqualTo(before.get(before.size() - 2).name());
    SameFunction.check(op.type(), model, found, TOLERANCE);
  }

  private void expectNone(UnaryOperator<String> function) {
    Model model = around(function);
    assertThat(recognised(model)).isSameAs(model);
  }

  private String erfGate(String x) {
    return g.add(g.op(new Erf(), div(x, number(Math.sqrt(2)))), number(1));
  }

  private String heads(String name, String x, List<Integer> order) {
    String cut = g.op(new Reshape(List.of(0, 0, 2, -1)), features(name, x, 5, 6));
    return g.op(new Transpose(order), cut);
  }

  private String features(String name, String x, int from, int to) {
    Tensor weight = Initializer.normal(1).draw(Shape.of(from, to), Rng.key(7, name));
    return g.op(new MatMul(), x, g.weight(name, weight));
  }

  /** An encoder's attention with two heads, as PyTorch spells it. */
  private Model attention(boolean masked, int axis) {
    String x = g.input("x", Shape.of(4, 5));
    String q = heads("q", x, List.of(0, 2, 1, 3));
    String k = heads("k", x, List.of(0, 2, 3, 1));
    String scores = div(g.op(new MatMul(), q, k), number(Math.sqrt(3)));
    if (masked) {
      scores = g.add(scores, g.input("mask", Shape.of(1, 1, 4)));
    }
    String weights = g.op(new Softmax(axis), scores);
    String mixed = g.op(new MatMul(), weights, heads("v", x, List.of(0, 2, 1, 3)));
    String turned = g.op(new Transpose(List.of(0, 2, 1, 3)), mixed);
    return g.build(features("after", g.op(new Reshape(List.of(0, 0, -1)), turned), 6, 3));
  }

  @Test
  void attention_isOneOperation() {
    expectAttention(attention(false, -1), 3);
  }

  @Test
  void attention_takesItsMask() {
    expectAttention(attention(true, -1), 4);
  }

  private static void expectAttention(Model model, int inputs) {
    Model found = recognised(model);
    List<Node> one =
        found.graph().nodes().stream().filter(n -> n.op() instanceof Attention).toList();
    assertThat(one).hasSize(1);
    assertThat(one.get(0).inputs()).hasSize(inputs);
    assertThat(found.graph().nodes()).noneMatch(n -> n.op() instanceof Softmax);
    SameFunction.check("attention", model, found, TOLERANCE);
  }

  @Test
  void aSoftmaxOverQueries_isNoAttention() {
    Model model = attention(false, -2);
    assertThat(recognised(model)).isSameAs(model);
  }

  @Test
  void gelu_asPyTorchSpellsIt() {
    expect(new Gelu(false), x -> mul(mul(x, erfGate(x)), number(0.5)));
  }

  @Test
  void gelu_asTensorFlowSpellsIt() {
    expect(
        new Gelu(false),
        x -> {
          String erf = g.op(new Erf(), mul(number(Math.sqrt(0.5), 1), x));
          return mul(mul(number(0.5), x), g.add(number(1), erf));
        });
  }

  private String tanhGate(String x, String cube) {
    String inner = g.add(x, mul(number(0.044715), cube));
    return g.add(number(1), g.tanh(mul(number(Math.sqrt(2 / Math.PI)), inner)));
  }

  @Test
  void geluByTanh_withAPower() {
    expect(
        new Gelu(true), x -> mul(mul(number(0.5), x), tanhGate(x, g.op(new Pow(), x, number(3)))));
  }

  @Test
  void geluByTanh_withProducts() {
    expect(new Gelu(true), x -> mul(number(0.5), mul(x, tanhGate(x, mul(mul(x, x), x)))));
  }

  @Test
  void hardSwish_asPyTorchSpellsIt() {
    expect(new HardSwish(), x -> div(mul(x, g.op(new Clip(0, 6), g.add(x, number(3)))), number(6)));
  }

  @Test
  void hardSwish_withTheSixthFirst() {
    expect(
        new HardSwish(),
        x -> mul(x, mul(g.op(new Clip(0, 6), g.add(number(3), x)), number(1 / 6.0))));
  }

  @Test
  void hardSwish_ofAGate() {
    expect(new HardSwish(), x -> mul(g.op(new HardSigmoid(1 / 6.0, 0.5), x), x));
  }

  @Test
  void mish() {
    expect(new Mish(), x -> mul(x, g.tanh(g.op(new Softplus(), x))));
  }

  @Test
  void otherNumbers_areNotTaken() {
    expectNone(x -> mul(mul(x, erfGate(x)), number(0.51)));
  }

  @Test
  void hardSigmoidOfKeras_isNoHardSwish() {
    expectNone(x -> mul(x, g.op(new HardSigmoid(0.2, 0.5), x)));
  }

  @Test
  void gateOfAnotherValue_isNotTaken() {
    expectNone(x -> mul(mul(g.relu(x), erfGate(x)), number(0.5)));
  }

  @Test
  void whatIsReadElsewhere_stays() {
    expectNone(
        x -> {
          String gate = erfGate(x);
          return g.add(mul(mul(x, gate), number(0.5)), gate);
        });
  }

  @Test
  void aNumberThatWidensTheShape_isNotTaken() {
    String x = g.linear("before", g.input("x", Shape.of(5)), 6);
    Model model = g.build(mul(mul(x, erfGate(x)), number(0.5, 1, 1, 1)));
    assertThat(recognised(model)).isSameAs(model);
  }

  private String normalised(String x, boolean power) {
    ReduceMean mean = new ReduceMean(List.of(-1), true);
    String centred = g.op(new Sub(), x, g.op(mean, x));
    String square = power ? g.op(new Pow(), centred, number(2)) : mul(centred, centred);
    String variance = g.op(new ReduceMean(List.of(1), true), square);
    return div(centred, g.op(new Sqrt(), g.add(variance, number(1e-5))));
  }

  private String vector(String name) {
    Tensor drawn = Initializer.normal(1).draw(Shape.of(6), Rng.key(4, name));
    return g.weight(name, drawn);
  }

  @Test
  void layerNormalization_hasParameters() {
    Model model = around(x -> g.add(mul(normalised(x, true), vector("scale")), vector("shift")));
    Model found = recognised(model);
    assertThat(between(found)).containsExactly(new LayerNormalization(-1, 1e-5));
    assertThat(model.graph().role("scale")).isEqualTo(Role.CONSTANT);
    assertThat(found.graph().role("scale")).isEqualTo(Role.PARAMETER);
    assertThat(found.graph().role("shift")).isEqualTo(Role.PARAMETER);
    SameFunction.check("LayerNormalization", model, found, TOLERANCE);
    assertThat(new RecognizePatterns().apply(model).notes())
        .containsExactly("recognised: 1 LayerNormalization");
  }

  @Test
  void layerNormalization_withoutABias() {
    expect(new LayerNormalization(-1, 1e-5), x -> mul(vector("scale"), normalised(x, false)));
  }

  @Test
  void normalisationOverOtherAxes_isNotTaken() {
    String x = g.input("x", Shape.of(6, 6));
    Model model = g.build(g.linear("fc", g.flatten(mul(vector("scale"), normalised(x, false))), 2));
    assertThat(recognised(model)).isSameAs(model);
  }
}
