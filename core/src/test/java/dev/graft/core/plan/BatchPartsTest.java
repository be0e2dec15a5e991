package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Large batches run in parts where that is safe and pays. */
class BatchPartsTest {

  private static final Backend JAVA = new JavaBackend(2);

  @AfterAll
  static void close() {
    JAVA.close();
  }

  /** Activations of 2 MiB a sample and next to no weights; then what is appended. */
  private static Model network(BiFunction<GraphBuilder, String, String> end) {
    GraphBuilder g = new GraphBuilder(5);
    String x = g.input("x", Shape.of(2, 64, 64));
    x = g.relu(g.conv("a", x, 64, Window.square(3, 1, 1)));
    x = g.conv("b", x, 64, Window.square(1, 1, 0));
    return g.build(end.apply(g, g.flatten(g.globalAveragePool(x))));
  }

  private static int part(Model model, int batch) {
    Graph graph = model.graph();
    Map<String, Shape> inputs = Map.of("x", Shape.of(batch, 2, 64, 64));
    return BatchParts.of(graph, inputs, fed -> Planner.inference(graph, JAVA, fed));
  }

  @Test
  void activationsOfAPart_fitIntoTheCache() {
    Model model = network((g, x) -> g.linear("fc", x, 5));
    assertThat(part(model, 8)).as("16 MiB").isZero();
    assertThat(part(model, 16)).as("32 MiB").isEqualTo(8);
    assertThat(part(model, 28)).isEqualTo(7);
    assertThat(part(model, 13)).as("no other divisor").isEqualTo(1);
    assertThat(part(model, 0)).isZero();
  }

  @Test
  void manyWeights_areBetterReadOnceForAll() {
    assertThat(part(network((g, x) -> g.linear("fc", x, 250_000)), 28)).isZero();
  }

  @Test
  void samplesThatMeet_stayTogether() {
    assertThat(part(network((g, x) -> g.op(new Softmax(0), x)), 28)).as("along samples").isZero();
    assertThat(part(network((g, x) -> g.op(new Softmax(1), x)), 28)).isEqualTo(7);
    List<Integer> free = List.of(-1, 32, 2);
    assertThat(part(network((g, x) -> g.op(new Reshape(free), x)), 28)).isEqualTo(7);
    List<Integer> mixed = List.of(-1, 32);
    assertThat(part(network((g, x) -> g.op(new Reshape(mixed), x)), 28)).isZero();
  }

  @Test
  void aMissingInput_isNamed() {
    Graph graph = network((g, x) -> x).graph();
    assertThatThrownBy(() -> BatchParts.of(graph, Map.of(), fed -> null))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("x");
  }

  @Test
  void predictions_areThoseOfTheTape() {
    Model model = network((g, x) -> g.linear("fc", x, 5));
    Graph graph = model.graph();
    Variables variables = new Variables(JAVA, graph, model.weights());
    Map<String, Tensor> batch = Map.of("x", Initializer.normal(1).draw(Shape.of(10, 2, 64, 64), 2));
    float[] expected =
        new EagerExecutor(graph, variables, JAVA, Set.of())
            .predict(batch)
            .get(graph.output())
            .toArray();
    PlanExecutor executor = new PlanExecutor(graph, variables, JAVA, Set.of());
    Tensor found = executor.predict(batch).get(graph.output());
    assertThat(found.shape()).isEqualTo(Shape.of(10, 5));
    // Sums of the same products, perhaps in another order.
    assertThat(found.toArray()).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
    assertThat(executor.predict(batch).get(graph.output()).toArray()).isEqualTo(found.toArray());
  }
}
