package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Distilled;
import dev.graft.core.train.loss.Loss;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A loss put behind a network, however the network ends. */
class LossTest {

  private static final Tensor X = Tensor.of(Shape.of(2, 3), 0.5f, -1, 2, 1, 1, -0.25f);
  private static final Tensor TARGET = Tensor.of(Shape.of(2), 0, 1);

  private static double loss(Loss loss, Model model, Map<String, Tensor> fed) {
    Graph graph = loss.attach(model.graph()).graph();
    ReferenceBackend backend = new ReferenceBackend();
    Variables variables = new Variables(backend, graph, model.weights());
    return new EagerExecutor(graph, variables, backend, Set.of())
        .predict(fed)
        .get(Loss.VALUE)
        .toArray()[0];
  }

  @Test
  void crossEntropy_isOfTheLogits_howeverTheModelEnds() {
    GraphBuilder g = new GraphBuilder(1);
    String logits = g.linear("fc", g.input("x", Shape.of(3)), 2);
    Map<String, Tensor> fed = Map.of("x", X, Loss.TARGET, TARGET);
    Loss loss = new CrossEntropy(0);
    double expected = loss(loss, g.build(logits), fed);
    assertThat(loss(loss, g.build(g.op(new Softmax(-1), logits)), fed)).isEqualTo(expected);
    assertThat(loss(loss, g.build(g.op(new LogSoftmax(1), logits)), fed)).isEqualTo(expected);
    assertThat(loss(loss, g.build(g.flatten(g.op(new Softmax(1), logits))), fed))
        .isEqualTo(expected);
  }

  /** As SqueezeNet ends in the zoo: global pooling leaves [N,K,1,1], and a Softmax over axis 1. */
  @Test
  void classesWithPositionsOfSizeOne_areClasses() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(3, 1, 1));
    String flat = g.linear("fc", g.flatten(x), 2);
    Tensor image = Tensor.of(Shape.of(2, 3, 1, 1), X.toArray());
    Map<String, Tensor> fed = Map.of("x", image, Loss.TARGET, TARGET);
    double expected = loss(new CrossEntropy(0.1), g.build(flat), fed);
    String pooled = g.globalAveragePool(g.op(new Reshape(List.of(0, 2, 1, 1)), flat));
    Model model = g.build(g.op(new Softmax(1), pooled));
    assertThat(loss(new CrossEntropy(0.1), model, fed)).isEqualTo(expected);
    Tensor teacher = Tensor.of(Shape.of(2, 2), 1, 0, 0, 1);
    Map<String, Tensor> taught = Map.of("x", image, Loss.TARGET, TARGET, Loss.TEACHER, teacher);
    assertThat(loss(new Distilled(new CrossEntropy(0), 4, 0.5), model, taught))
        .isEqualTo(loss(new Distilled(new CrossEntropy(0), 4, 0.5), g.build(flat), taught));
  }

  @Test
  void distillation_mixesTeacherAndLabelsByAlpha() {
    GraphBuilder g = new GraphBuilder(1);
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(3)), 2));
    Tensor teacher = Tensor.of(Shape.of(2, 2), 3, -1, 0.5f, 0.25f);
    Map<String, Tensor> fed = Map.of("x", X, Loss.TARGET, TARGET, Loss.TEACHER, teacher);
    double labels = loss(new CrossEntropy(0), model, fed);
    double soft = loss(new Distilled(new CrossEntropy(0), 4, 1), model, fed);
    assertThat(loss(new Distilled(new CrossEntropy(0), 4, 0), model, fed)).isEqualTo(labels);
    assertThat(loss(new Distilled(new CrossEntropy(0), 4, 0.75), model, fed))
        // Float outputs of order one, three roundings.
        .isCloseTo(0.75 * soft + 0.25 * labels, within(3e-7 * (1 + soft + labels)));
  }

  @Test
  void severalOutputs_haveNoLoss() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(3));
    Model two = g.build(g.linear("a", x, 2), g.linear("b", x, 2));
    assertThatThrownBy(() -> new CrossEntropy(0).attach(two.graph()))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("a, b");
  }

  @Test
  void numbersOutOfRange_areRefused() {
    GraphBuilder g = new GraphBuilder(1);
    Graph graph = g.build(g.linear("fc", g.input("x", Shape.of(3)), 2)).graph();
    assertThatThrownBy(() -> new Distilled(new CrossEntropy(0), 4, 1.5))
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new Distilled(new CrossEntropy(0), 0, 0.5).attach(graph))
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> new CrossEntropy(1).attach(graph)).hasMessageContaining("smoothing");
  }
}
