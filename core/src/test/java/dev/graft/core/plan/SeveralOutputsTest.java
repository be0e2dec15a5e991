package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * An operation with three outputs, of which two have gradients, and an optional input in the
 * middle: on the tape and in a plan, under every choice of what is trained and of what the loss
 * depends on.
 */
class SeveralOutputsTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();
  private static final Shape SHAPE = Shape.of(2, 3);
  private static final double STEP = 1e-5;
  private static final List<Double> WEIGHTS = List.of(0.7, 0.6, 0.8);

  /** {@code y0 = a c, y1 = 1 (without a gradient), y2 = b + c^2}, where b may be absent. */
  private record Trio() implements Op {

    @Override
    public String type() {
      return "Trio";
    }

    @Override
    public Set<Integer> parameterInputs() {
      return Set.of(0, 1, 2);
    }

    @Override
    public List<Shape> outputShapes(List<Shape> inputs) {
      return List.of(inputs.get(0), inputs.get(0), inputs.get(2));
    }

    @Override
    public boolean differentiableOutput(int i) {
      return i != 1;
    }

    @Override
    public Saves saves(Needs needs) {
      Set<Integer> kept = new HashSet<>();
      if (needs.of(0)) {
        kept.add(2);
      }
      if (needs.of(2)) {
        kept.addAll(List.of(0, 2));
      }
      return new Saves(kept, Set.of(), false);
    }

    @Override
    public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
      return needs.of(2) ? List.of(inputs.get(2)) : List.of();
    }

    @Override
    public void forward(Forward call) {
      binary(BinaryOp.MUL, call.input(0), call.input(2), call.output(0));
      call.backend().fill(n(), 1, call.output(1).buffer());
      binary(BinaryOp.MUL, call.input(2), call.input(2), call.output(2));
      if (call.has(1)) {
        call.backend().axpy(n(), 1, call.input(1).buffer(), call.output(2).buffer());
      }
    }

    @Override
    public void backward(Backward call) {
      Tensor dy0 = call.outputGradient(0);
      Tensor dy2 = call.outputGradient(2);
      assertThat(call.outputGradient(1)).isNull();
      for (int i = 0; i < 3; i++) {
        if (call.needs().of(i)) {
          call.backend().fill(n(), 0, call.gradient(i).buffer());
        }
      }
      if (call.needs().of(0) && dy0 != null) {
        binary(BinaryOp.MUL, dy0, call.input(2), call.gradient(0));
      }
      if (call.needs().of(1) && dy2 != null) {
        call.backend().copy(n(), dy2.buffer(), call.gradient(1).buffer());
      }
      if (call.needs().of(2) && dy0 != null) {
        binary(BinaryOp.MUL, dy0, call.input(0), call.gradient(2));
      }
      if (call.needs().of(2) && dy2 != null) {
        binary(BinaryOp.MUL, dy2, call.input(2), call.temporary(0));
        call.backend().axpy(n(), 2, call.temporary(0).buffer(), call.gradient(2).buffer());
      }
    }

    private static int n() {
      return SHAPE.elements();
    }

    private static void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
      int[] dense = {1};
      BACKEND.binary(op, new int[] {n()}, a.buffer(), dense, b.buffer(), dense, y.buffer());
    }
  }

  /** The trio on stored tensors, and a loss on some of its outputs. */
  private static Model model(boolean optional, List<Integer> judged) {
    GraphBuilder g = new GraphBuilder(3);
    for (String name : List.of("a", "b", "c")) {
      g.weight(name, Initializer.normal(1).draw(SHAPE, name.hashCode()));
    }
    List<String> y = g.nodes("trio", new Trio(), 3, "a", optional ? "b" : "", "c");
    List<String> parts = new ArrayList<>();
    for (int k : judged) {
      parts.add(
          g.node("part" + k, new MeanSquaredError(), y.get(k), g.input("t" + k, Shape.of(3))));
    }
    g.node(
        "loss", new WeightedSum(WEIGHTS.subList(0, judged.size())), parts.toArray(String[]::new));
    return g.build("loss", y.get(1));
  }

  private static Map<String, Tensor> batch(Graph graph) {
    Map<String, Tensor> batch = new LinkedHashMap<>();
    graph.inputs().forEach(i -> batch.put(i.name(), Initializer.normal(1).draw(SHAPE, 7)));
    return batch;
  }

  private static Executor executor(
      boolean planned, Model model, Variables variables, Set<String> trainable) {
    return planned
        ? new PlanExecutor(model.graph(), variables, BACKEND, trainable)
        : new EagerExecutor(model.graph(), variables, BACKEND, trainable);
  }

  @Test
  void gradients_areRightUnderEveryMask() {
    List<List<Integer>> masks =
        List.of(
            List.of(0),
            List.of(1),
            List.of(2),
            List.of(0, 1),
            List.of(0, 2),
            List.of(1, 2),
            List.of(0, 1, 2));
    for (List<Integer> judged : masks) {
      for (boolean optional : new boolean[] {true, false}) {
        for (int bits = 0; bits < 8; bits++) {
          Set<String> trainable = new TreeSet<>();
          for (int i = 0; i < 3; i++) {
            String name = List.of("a", "b", "c").get(i);
            if ((bits >> i & 1) == 1 && (optional || i != 1)) {
              trainable.add(name);
            }
          }
          check(model(optional, judged), judged, optional, trainable);
        }
      }
    }
  }

  private static void check(
      Model model, List<Integer> judged, boolean optional, Set<String> trainable) {
    Map<String, Tensor> batch = batch(model.graph());
    List<Map<String, Tensor>> both = new ArrayList<>();
    for (boolean planned : new boolean[] {false, true}) {
      Variables variables = new Variables(BACKEND, model.graph(), model.weights());
      both.add(executor(planned, model, variables, trainable).step(batch, "loss", 1).gradients());
    }
    for (String name : trainable) {
      boolean leads =
          Stream.of(
                  name.equals("a") && judged.contains(0),
                  name.equals("b") && judged.contains(2),
                  name.equals("c") && (judged.contains(0) || judged.contains(2)))
              .anyMatch(Boolean::booleanValue);
      for (Map<String, Tensor> gradients : both) {
        Tensor gradient = gradients.get(name);
        String what = name + " of " + trainable + ", outputs " + judged + ", optional " + optional;
        if (gradient == null) {
          assertThat(leads).as(what).isFalse();
          continue;
        }
        double[] found = BACKEND.values(gradient.buffer(), SHAPE.elements());
        assertThat(found)
            .as(what)
            .containsExactly(differences(model, judged, optional, name), within(1e-7));
      }
    }
  }

  /**
   * Central differences in double: the loss is a polynomial of degree 4 in each element, of order
   * 1, so that they are off by 1e-10 times a third derivative of order 10, and by 1e-16 / 1e-5 for
   * rounding.
   */
  private static double[] differences(
      Model model, List<Integer> judged, boolean optional, String name) {
    double[] derivative = new double[SHAPE.elements()];
    for (int i = 0; i < derivative.length; i++) {
      double upper = loss(model, judged, optional, name, i, STEP);
      double lower = loss(model, judged, optional, name, i, -STEP);
      derivative[i] = (upper - lower) / (2 * STEP);
    }
    return derivative;
  }

  private static double loss(
      Model model, List<Integer> judged, boolean optional, String moved, int element, double step) {
    Tape tape = new Tape(BACKEND);
    List<@Nullable Value> inputs = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      Tensor tensor =
          model.weights().get(name.equals("b") && !optional ? "a" : name).upload(BACKEND);
      double[] values = BACKEND.values(tensor.buffer(), SHAPE.elements());
      values[element] += name.equals(moved) ? step : 0;
      BACKEND.upload(values, 0, values.length, tensor.buffer());
      inputs.add(name.equals("b") && !optional ? null : tape.constant(tensor));
    }
    List<Value> outputs = tape.apply(new Trio(), 0, inputs);
    Map<String, Tensor> batch = batch(model.graph());
    Value[] parts =
        judged.stream()
            .map(
                k ->
                    tape.apply(
                        new MeanSquaredError(),
                        outputs.get(k),
                        tape.constant(batch.get("t" + k).upload(BACKEND))))
            .toArray(Value[]::new);
    Value loss = tape.apply(new WeightedSum(WEIGHTS.subList(0, judged.size())), parts);
    return BACKEND.values(loss.tensor().buffer(), 1)[0];
  }
}
