package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What runs together with a product whose weights are stored, and what does not. */
class ProductFusionTest {

  private static final int BATCH = 2;

  private final GraphBuilder g = new GraphBuilder(1);
  private final String x = g.input("x", Shape.of(3, 4));

  private String weight(String name, int... sizes) {
    return g.weight(name, Initializer.normal(1).draw(Shape.of(sizes), name.length()));
  }

  private String product() {
    return g.op(new MatMul(), x, weight("w", 4, 5));
  }

  /** Steps but for the one that reads the output; the values are those of the tape. */
  private int steps(String output) {
    Model model = g.build(output);
    Map<String, Tensor> batch = Map.of("x", Initializer.normal(1).draw(Shape.of(BATCH, 3, 4), 9));
    Backend backend = new ReferenceBackend();
    Variables variables = new Variables(backend, model.graph(), model.weights());
    PlanExecutor plan = new PlanExecutor(model.graph(), variables, backend, Set.of());
    EagerExecutor tape = new EagerExecutor(model.graph(), variables, backend, Set.of());
    assertThat(plan.predict(batch).get(output).toArray())
        .isEqualTo(tape.predict(batch).get(output).toArray());
    Map<String, Shape> shapes = Map.of("x", Shape.of(BATCH, 3, 4));
    return Planner.inference(model.graph(), backend, shapes).steps() - 1;
  }

  @Test
  void aFullyConnectedLayer_andItsActivation() {
    assertThat(steps(g.relu(g.linear("fc", g.flatten(x), 5)))).isOne();
  }

  @Test
  void aProduct_aBias_aResidual_andAnActivation() {
    String y = g.op(new MatMul(), x, weight("square", 4, 4));
    y = g.add(g.add(weight("bias", 4), y), x);
    assertThat(steps(g.op(new Gelu(false), y))).isOne();
  }

  @Test
  void aBiasOfLeadingOnes() {
    assertThat(steps(g.relu(g.add(product(), weight("bias", 1, 1, 5))))).isOne();
  }

  @Test
  void aBiasForEachRow_isAddedAfterwards() {
    assertThat(steps(g.relu(g.add(product(), weight("bias", 3, 1))))).isEqualTo(3);
  }

  @Test
  void aValueThatSomebodyElseReads_stays() {
    String y = product();
    assertThat(steps(g.concat(g.relu(y), y))).isEqualTo(3);
  }

  @Test
  void aScaledProduct_runsByItsOwnRule() {
    String y = g.op(new Gemm(0.5, 1, false, false), g.flatten(x), weight("scaled", 12, 5));
    assertThat(steps(g.relu(y))).isEqualTo(2);
  }

  @Test
  void productsOfTwoComputedMatrices_runByTheirOwnRule() {
    String turned = g.op(new Transpose(List.of(0, 2, 1)), x);
    assertThat(steps(g.relu(g.op(new MatMul(), x, turned)))).isEqualTo(3);
  }
}
