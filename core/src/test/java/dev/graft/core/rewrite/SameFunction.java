package dev.graft.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Two models compute the same: outputs, the gradient of every parameter, running statistics. */
final class SameFunction {

  /** In double precision, where sums in another order differ by 1e-16 of their largest term. */
  private static final double TOLERANCE = 1e-9;

  /** Of outputs, which a prediction returns as floats: one of their steps more. */
  private static final double FLOAT_TOLERANCE = 1e-6;

  private static final int BATCH = 3;

  private SameFunction() {}

  static void check(String what, Model before, Model after) {
    check(what, before, after, TOLERANCE);
  }

  /**
   * @param tolerance where the numbers of a formula were rounded to float before
   */
  static void check(String what, Model before, Model after, double tolerance) {
    ReferenceBackend backend = new ReferenceBackend();
    Map<String, Tensor> fed = fed(before.graph(), 7);
    same(what, run(before, backend).predict(fed), run(after, backend).predict(fed), tolerance);
    Map<String, Tensor> target = new HashMap<>(fed);
    Model judged = judged(before);
    judged.graph().inputs().forEach(i -> target.putIfAbsent(i.name(), drawn(i, 8)));
    Executor.Step expected = run(judged, backend).step(target, "loss", 9);
    Executor.Step found = run(judged(after), backend).step(target, "loss", 9);
    same(what + ": in training", expected.outputs(), found.outputs(), tolerance);
    assertThat(expected.gradients()).isNotEmpty();
    // Of constants that turned out to be parameters there are more afterwards.
    Map<String, Tensor> gradients = new HashMap<>(found.gradients());
    gradients.keySet().retainAll(expected.gradients().keySet());
    same(what + ": gradients", expected.gradients(), gradients, tolerance);
  }

  private static Executor run(Model model, ReferenceBackend backend) {
    Variables variables = new Variables(backend, model.graph(), model.weights());
    Set<String> trainable = new HashSet<>(model.graph().stored(Role.PARAMETER));
    return new EagerExecutor(model.graph(), variables, backend, trainable);
  }

  /** With a loss on the first output. */
  private static Model judged(Model model) {
    Graph graph = model.graph();
    String output = graph.outputs().get(0);
    Shape item = graph.facts().get(output).shape();
    InputSpec target = InputSpec.batched("target", item.axes(1, item.rank()));
    Node loss =
        new Node("loss", new MeanSquaredError(), List.of(output, "target"), List.of("loss"));
    List<String> outputs = new ArrayList<>(graph.outputs());
    outputs.add("loss");
    return new Model(
        graph.extended(List.of(target), List.of(loss), outputs), model.weights(), model.metadata());
  }

  private static Map<String, Tensor> fed(Graph graph, long seed) {
    Map<String, Tensor> fed = new HashMap<>();
    graph.inputs().forEach(input -> fed.put(input.name(), drawn(input, seed)));
    return fed;
  }

  private static Tensor drawn(InputSpec input, long seed) {
    return Initializer.normal(1).draw(input.bind(BATCH), Rng.key(seed, input.name()));
  }

  private static void same(
      String what, Map<String, Tensor> expected, Map<String, Tensor> found, double tolerance) {
    assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(found.get(name).shape()).as("%s, %s", what, name).isEqualTo(tensor.shape());
          assertThat(values(found.get(name)))
              .as("%s, %s", what, name)
              .containsExactly(values(tensor), within(allowed(tensor, tolerance)));
        });
  }

  private static double allowed(Tensor tensor, double tolerance) {
    double largest = Arrays.stream(values(tensor)).map(Math::abs).max().orElse(0);
    boolean isDouble = tensor.buffer() instanceof ReferenceBackend.DoubleBuffer;
    return isDouble ? tolerance : FLOAT_TOLERANCE * Math.max(1, largest);
  }

  private static double[] values(Tensor tensor) {
    int n = tensor.shape().elements();
    if (tensor.buffer() instanceof ReferenceBackend.DoubleBuffer) {
      return new ReferenceBackend().values(tensor.buffer(), n);
    }
    float[] floats = tensor.toArray();
    return IntStream.range(0, n).mapToDouble(i -> floats[i]).toArray();
  }
}
