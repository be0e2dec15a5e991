package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.WeightedCrossEntropy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Classes that count by a weight. */
class WeightedCrossEntropyTest {

  private static double loss(Loss loss, float... classes) {
    GraphBuilder g = new GraphBuilder(1);
    Model model = g.build(g.node("logits", new Identity(), g.input("x", Shape.of(2))));
    Graph graph = loss.attach(model.graph()).graph();
    ReferenceBackend backend = new ReferenceBackend();
    Variables variables = new Variables(backend, graph, model.weights());
    Tensor x = Tensor.of(Shape.of(2, 2), 1, 0, 0.5f, 2);
    Tensor target = Tensor.of(Shape.of(2), classes);
    return new EagerExecutor(graph, variables, backend, Set.of())
        .predict(Map.of("x", x, Loss.TARGET, target))
        .get(Loss.VALUE)
        .toArray()[0];
  }

  @Test
  void anExample_countsByTheWeightOfItsClass_andOneWithoutAClassNotAtAll() {
    double first = Math.log(1 + Math.exp(-1));
    double second = Math.log(1 + Math.exp(-1.5));
    Loss loss = new WeightedCrossEntropy(List.of(0.5, 3.0), 0);
    assertThat(loss(loss, 0, 1)).isCloseTo((0.5 * first + 3 * second) / 2, within(1e-6));
    assertThat(loss(loss, 0, -1)).isCloseTo(0.5 * first / 2, within(1e-6));
    for (double smoothing : new double[] {0, 0.2}) {
      assertThat(loss(new WeightedCrossEntropy(List.of(1.0, 1.0), smoothing), 0, 1))
          .isCloseTo(loss(new CrossEntropy(smoothing), 0, 1), within(1e-6));
    }
    assertThatThrownBy(() -> new WeightedCrossEntropy(List.of(-1.0), 0))
        .hasMessageContaining("at least 0");
  }

  @Test
  void balancedWeights_haveAMeanOfOneOverTheExamples() {
    List<Double> weights = WeightedCrossEntropy.balanced(new int[] {30, 0, 10});
    assertThat(weights).hasSize(3);
    assertThat(weights.get(0)).isCloseTo(40 / 2 / 30.0, within(1e-12));
    assertThat(weights.get(1)).isZero();
    assertThat(weights.get(2)).isEqualTo(2);
    assertThat(30 * weights.get(0) + 10 * weights.get(2)).isCloseTo(40, within(1e-12));
  }
}
