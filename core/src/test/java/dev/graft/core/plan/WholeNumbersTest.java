package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.ShapeOf;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whole numbers in a graph: shapes that are folded when a plan is compiled, and ids that are fed.
 */
class WholeNumbersTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();

  /** {@code [N,3,H,W] -> [N, 4, H*W/2, 2]} by arithmetic on shapes, as exporters write it. */
  private static Model folding() {
    GraphBuilder g = new GraphBuilder(1);
    Shape open =
        Shape.ofSizes(Size.BATCH, Size.of(3), Size.open("height", ""), Size.open("width", ""));
    String x = g.input(new InputSpec("x", ElementType.FLOAT32, open));
    x = g.relu(g.conv("conv", x, 4, Window.square(3, 1, 1)));
    String shape = g.op(new ShapeOf(), x);
    String front = g.op(new Gather(0), shape, g.op(Constant.of(0L, 1L)));
    String back = g.op(new Gather(0), shape, g.op(Constant.of(2L, -1L)));
    String height = g.op(new Gather(0), back, g.op(Constant.of(0L)));
    String width = g.op(new Gather(0), back, g.op(Constant.of(1L)));
    String two = g.op(Constant.of(2L));
    String plane = g.op(new Div(), g.op(new Mul(), height, width), two);
    String target = g.op(new Concat(0), front, plane, two);
    return g.build(g.op(Reshape.toInput(), x, target));
  }

  @Test
  void arithmeticOnShapes_foldsWhenAPlanIsCompiled() {
    Model model = folding();
    Graph graph = model.graph();
    Plan plan = Planner.inference(graph, BACKEND, Map.of("x", Shape.of(2, 3, 4, 6)));
    assertThat(plan.steps()).as("convolution with its ReLU, and reading").isEqualTo(2);
    for (Shape fed : List.of(Shape.of(2, 3, 4, 6), Shape.of(1, 3, 2, 5))) {
      Map<String, Tensor> batch = Map.of("x", Initializer.normal(1).draw(fed, 3));
      Variables variables = new Variables(BACKEND, graph, model.weights());
      Tensor eager = executor(false, model, variables).predict(batch).get(graph.output());
      Tensor planned = executor(true, model, variables).predict(batch).get(graph.output());
      int half = fed.size(2) * fed.size(3) / 2;
      assertThat(planned.shape()).isEqualTo(Shape.of(fed.size(0), 4, half, 2));
      assertThat(planned.toArray()).isEqualTo(eager.toArray());
    }
  }

  @Test
  void shapesOfOpenSizes_areToldInTermsOfThem() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(4, 6));
    String shape = g.op(new ShapeOf(), x);
    String rows =
        g.op(new Mul(), g.op(new Gather(0), shape, g.op(Constant.of(0L))), g.op(Constant.of(4L)));
    String flat = g.op(Reshape.toInput(), x, g.op(new Concat(0), rows, g.op(Constant.of(6L))));
    Graph graph = g.build(flat).graph();
    assertThat(graph.facts().get(flat).shape()).hasToString("[4*N,6]");
  }

  /** Ids {@code [N, length]} to two numbers each, by the mean of their embeddings. */
  private static Model words() {
    GraphBuilder g = new GraphBuilder(2);
    Shape length = Shape.ofSizes(Size.open("sequence", ""));
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, length));
    String mean = g.op(new ReduceMean(List.of(1), false), g.embedding("words", ids, 7, 3));
    String y = g.linear("fc", mean, 2);
    g.node("loss", new MeanSquaredError(), y, g.input("target", Shape.of(2)));
    return g.build(y, "loss");
  }

  @Test
  void anEmbedding_isTrainedByPlanAndTape_atAnyLength() {
    Model model = words();
    for (long[] ids : new long[][] {{1, 2, 2, 6, 0, -1}, {3, 3, 3, 3, 4, 5, 6, 1}}) {
      Shape fed = Shape.of(2, ids.length / 2);
      Map<String, Tensor> batch =
          Map.of("ids", Tensor.whole(fed, ids), "target", Tensor.of(Shape.of(2, 2), 1, 0, -1, 2));
      double[][] table = new double[2][];
      for (int run = 0; run < 2; run++) {
        Variables variables = new Variables(BACKEND, model.graph(), model.weights());
        Executor.Step step = executor(run == 1, model, variables).step(batch, "loss", 1);
        assertThat(step.gradients()).containsOnlyKeys("words.weight");
        table[run] = BACKEND.values(step.gradients().get("words.weight").buffer(), 21);
      }
      assertThat(table[1]).isEqualTo(table[0]);
      boolean read = false;
      for (long id : ids) {
        read |= Math.floorMod(id, 7L) == 5;
      }
      double ofFive = Math.abs(table[0][15]) + Math.abs(table[0][16]) + Math.abs(table[0][17]);
      assertThat(ofFive > 0).as("a word that is not read has no gradient").isEqualTo(read);
    }
  }

  @Test
  void idsOnTheirWay_areMovedAndComputedInEachPass() {
    GraphBuilder g = new GraphBuilder(2);
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, Shape.of(3)));
    String moved = g.op(new Add(), g.op(new Transpose(List.of()), ids), g.op(Constant.of(1L)));
    Model model = g.build(g.embedding("words", moved, 9, 2), moved);
    Variables variables = new Variables(BACKEND, model.graph(), model.weights());
    Executor planned = executor(true, model, variables);
    for (long first : new long[] {0, 2}) {
      long[] fed = {first, 1, 2, 3, 4, 5};
      Map<String, Tensor> batch = Map.of("ids", Tensor.whole(Shape.of(2, 3), fed));
      Map<String, Tensor> found = planned.predict(batch);
      Map<String, Tensor> eager = executor(false, model, variables).predict(batch);
      assertThat(found.get(moved).toLongs()).containsExactly(first + 1, 4, 2, 5, 3, 6);
      assertThat(found.get("words").shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThat(found.get("words").toArray()).isEqualTo(eager.get("words").toArray());
    }
  }

  @Test
  void whatIsNoIndex_isRefusedByName() {
    Model model = words();
    Variables variables = new Variables(BACKEND, model.graph(), model.weights());
    Tensor target = Tensor.zeros(Shape.of(1, 2));
    for (boolean planned : new boolean[] {false, true}) {
      Executor executor = executor(planned, model, variables);
      Tensor beyond = Tensor.whole(Shape.of(1, 2), 0, 7);
      assertThatThrownBy(() -> executor.predict(Map.of("ids", beyond, "target", target)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContainingAll("index 7", "size 7");
      Tensor floats = Tensor.zeros(Shape.of(1, 2));
      assertThatThrownBy(() -> executor.predict(Map.of("ids", floats, "target", target)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContainingAll("ids", "int64", "float32");
    }
  }

  private static Executor executor(boolean planned, Model model, Variables variables) {
    Set<String> trainable = Set.of("words.weight");
    return planned
        ? new PlanExecutor(model.graph(), variables, BACKEND, trainable)
        : new EagerExecutor(model.graph(), variables, BACKEND, trainable);
  }
}
