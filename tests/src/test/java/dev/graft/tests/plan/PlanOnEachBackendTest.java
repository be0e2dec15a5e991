package dev.graft.tests.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A backend's own fused kernels against its single ones: the plan and the tape agree on every
 * backend, and a plan's bits do not depend on the number of threads.
 */
class PlanOnEachBackendTest {

  private static final int BATCH = 3;

  /**
   * Relative to the largest element: a fused kernel may add bias and residual before it rounds, and
   * folding rounds the weights anew; some hundred such errors of 6e-8 in a dozen layers.
   */
  private static final double TOLERANCE = 2e-4;

  private static Model network() {
    GraphBuilder g = new GraphBuilder(17);
    String x = g.input("x", Shape.of(3, 17, 15));
    String target = g.input("target", Shape.of(5));
    x = g.relu(g.batchNorm("bn0", g.conv("stem", x, 13, Window.square(3, 2, 1), 1, false)));
    String y = g.conv("expand", x, 24, Window.square(1, 1, 0), 1, false);
    y = g.op(new Clip(0, 6), g.batchNorm("bn1", y));
    y = g.conv("depthwise", y, 24, Window.square(3, 1, 1), 24, false);
    y = g.op(new Clip(0, 6), g.batchNorm("bn2", y));
    y = g.batchNorm("bn3", g.conv("project", y, 13, Window.square(1, 1, 0), 1, false));
    x = g.add(x, y);
    String a = g.op(new LeakyRelu(0.1), g.conv("left", x, 7, Window.square(1, 1, 0)));
    String b = g.relu(g.conv("right", x, 9, Window.square(3, 1, 1)));
    x = g.maxPool(g.concat(a, b), Window.square(3, 2, 1));
    x = g.relu(g.add(g.conv("last", x, 16, Window.square(3, 1, 1)), x));
    x = mixed(g, g.dropout(x, 0.2));
    x = g.linear("fc", g.op(new ReduceMean(List.of(1), false), x), 5);
    Model model = g.build(x, g.node("loss", new SoftmaxCrossEntropy(0.1), x, target));
    Map<String, Tensor> norms = new HashMap<>();
    model.weights().names().stream()
        .filter(name -> name.startsWith("bn"))
        .forEach(
            name -> {
              Shape shape = model.weights().get(name).shape();
              float[] values = Initializer.normal(0.3).draw(shape, Rng.key(1, name)).toArray();
              for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]) + 0.5f;
              }
              norms.put(name, Tensor.of(shape, values));
            });
    return model.with(model.weights().with(norms));
  }

  /** Pixels as rows of a product with a bias and an activation: enough of them to be packed. */
  private static String mixed(GraphBuilder g, String x) {
    int pixels = g.shape(x).size(2) * g.shape(x).size(3);
    String columns = g.op(new Reshape(List.of(-1, 16, pixels)), x);
    String rows = g.op(new Transpose(List.of(0, 2, 1)), columns);
    String weight = g.weight("mix.weight", Initializer.he(16).draw(Shape.of(16, 48), 3));
    String bias = g.weight("mix.bias", Initializer.normal(1).draw(Shape.of(48), 4));
    return g.relu(g.add(g.op(new MatMul(), rows, weight), bias));
  }

  private static final Model MODEL = network();

  private static Map<String, Tensor> batch() {
    Map<String, Tensor> batch = new HashMap<>();
    MODEL
        .graph()
        .inputs()
        .forEach(
            i ->
                batch.put(
                    i.name(), Initializer.normal(1).draw(i.bind(BATCH), Rng.key(2, i.name()))));
    return batch;
  }

  static Stream<String> names() {
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .map(Backends.Description::name);
  }

  /** Which parameters are trained, by what is frozen. */
  private static Map<String, Set<String>> masks() {
    Map<String, Set<String>> masks = new LinkedHashMap<>();
    for (String frozen : new String[] {"nothing", "bn", "stem", "expand", "mix", "fc"}) {
      Set<String> trainable = new LinkedHashSet<>(MODEL.graph().stored(Role.PARAMETER));
      trainable.removeIf(name -> name.startsWith(frozen));
      masks.put("all but " + frozen, trainable);
    }
    masks.put("the head", Set.of("fc.weight", "fc.bias"));
    masks.put("the stem", Set.of("stem.weight"));
    return masks;
  }

  @FunctionalInterface
  private interface Maker {
    Executor of(Graph graph, Variables variables, Backend backend, Set<String> trainable);
  }

  /** Everything that a prediction, a step and a prediction with new weights give. */
  private static Map<String, float[]> results(
      Maker maker, String name, int threads, Set<String> trainable) {
    Map<String, float[]> results = new TreeMap<>();
    try (Backend backend = Backends.byName(name, threads)) {
      Graph graph = MODEL.graph();
      Variables variables = new Variables(backend, graph, MODEL.weights());
      Executor executor = maker.of(graph, variables, backend, trainable);
      executor.predict(batch()).forEach((n, t) -> results.put("before " + n, t.toArray()));
      Executor.Step step = executor.step(batch(), "loss", 5);
      step.outputs().forEach((n, t) -> results.put("step " + n, t.toArray()));
      step.gradients().forEach((n, t) -> results.put("gradient " + n, t.download(backend)));
      step.gradients()
          .forEach(
              (n, t) -> {
                int count = t.shape().elements();
                backend.axpy(count, -0.01, t.buffer(), variables.update(n).buffer());
              });
      executor.predict(batch()).forEach((n, t) -> results.put("after " + n, t.toArray()));
      variables
          .snapshot(graph.stored(Role.STATE))
          .asMap()
          .forEach((n, t) -> results.put("state " + n, t.toArray()));
    }
    return results;
  }

  @ParameterizedTest
  @MethodSource("names")
  void planAndTape_agree(String name) {
    masks()
        .forEach(
            (mask, trainable) -> {
              Map<String, float[]> expected = results(EagerExecutor::new, name, 2, trainable);
              Map<String, float[]> found = results(PlanExecutor::new, name, 2, trainable);
              assertThat(found.keySet()).isEqualTo(expected.keySet());
              expected.forEach((n, v) -> close(name + ", " + mask + ": " + n, v, found.get(n)));
            });
  }

  private static void close(String what, float[] expected, float[] found) {
    double scale = 1e-3;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs((double) found[i] - expected[i]))
          .as("%s [%d]: %s, expected %s", what, i, found[i], expected[i])
          .isLessThanOrEqualTo(TOLERANCE * scale);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void bits_doNotDependOnTheThreads(String name) {
    Set<String> trainable = masks().get("all but stem");
    Map<String, float[]> one = results(PlanExecutor::new, name, 1, trainable);
    Map<String, float[]> three = results(PlanExecutor::new, name, 3, trainable);
    one.forEach((n, values) -> assertThat(three.get(n)).as(n).isEqualTo(values));
  }
}
