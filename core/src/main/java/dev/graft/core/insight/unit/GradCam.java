package dev.graft.core.insight.unit;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where in a picture a network sees a class (Selvaraju et al., "Grad-CAM", ICCV 2017): the maps
 * {@code A_c} of the last value with an extent, weighed by how much the class's logit y gains from
 * each, {@code ReLU(Σ_c a_c A_c)} with {@code a_c = mean over positions of ∂y/∂A_c} (equations 1
 * and 2).
 */
public final class GradCam {

  private final Model model;
  private final Backend backend;
  private final String input;
  private final Graph first;
  private final PlanExecutor maps;
  private final Graph rest;
  private final String value;

  /**
   * For one model.
   *
   * @param backend computes, and stays the caller's to close
   * @throws GraphException if no value of the network has maps with an extent
   */
  public GradCam(Model model, Backend backend) {
    this.model = model;
    this.backend = backend;
    this.input = model.graph().input().name();
    Graph graph = OutputMeaning.of(model.graph()).logits(model.graph());
    this.value = maps(model);
    this.first = graph.ending(List.of(value));
    this.maps =
        new PlanExecutor(
            first, Variables.readOnly(backend, first, model.weights()), backend, Set.of());
    Shape shape = graph.facts().get(value).shape();
    this.rest = graph.startingAt(List.of(InputSpec.batched(value, shape.axes(1, shape.rank()))));
  }

  /** The last value {@code [N,C,H,W]} that is more than a pixel. */
  private static String maps(Model model) {
    Graph graph = model.graph();
    Map<String, Shape> shapes = graph.shapes(1);
    boolean hasMaps =
        graph.nodes().stream().flatMap(n -> n.outputs().stream()).anyMatch(v -> isMap(shapes, v));
    List<Cut> cuts = hasMaps ? Cuts.values(model) : List.of();
    for (int i = cuts.size() - 1; i >= 0; i--) {
      if (isMap(shapes, cuts.get(i).value())) {
        return cuts.get(i).value();
      }
    }
    throw new GraphException(
        "the network has no maps that say where in a picture something is: Grad-CAM wants a"
            + " convolution");
  }

  private static boolean isMap(Map<String, Shape> shapes, String value) {
    Shape shape = shapes.get(value);
    return shape != null && shape.rank() == 4 && !(shape.dim(2).is(1) && shape.dim(3).is(1));
  }

  /**
   * Looks for one class in one picture.
   *
   * @param picture as the network takes it, a batch of one
   * @param unit which of the outputs
   * @return {@code [H][W]} of the last maps, from 0 to 1 where the class is seen most; all 0 where
   *     nothing speaks for it
   */
  public float[][] of(Tensor picture, int unit) {
    Tensor activations = maps.predict(Map.of(input, picture)).get(value);
    Tape tape = new Tape(backend);
    Value leaf = tape.parameter(activations.upload(backend));
    Value logits = run(tape, leaf);
    int units = logits.shape().elements();
    float[] one = new float[units];
    one[unit] = 1;
    Value chosen = tape.constant(Tensor.of(Shape.of(units, 1), one).upload(backend));
    Value score = tape.apply(new MatMul(), tape.apply(new Flatten(1), logits), chosen);
    Tensor gradient =
        Objects.requireNonNull(tape.backward(score).of(leaf), "the logit depends on the maps");
    return weighed(activations, gradient.toHost(backend));
  }

  private Value run(Tape tape, Value leaf) {
    Map<String, Value> values = new HashMap<>();
    values.put(value, leaf);
    for (String name : rest.stored().keySet()) {
      values.put(name, tape.constant(model.weights().get(name)));
    }
    for (Node node : rest.nodes()) {
      List<@Nullable Value> read =
          node.inputs().stream()
              .<@Nullable Value>map(name -> name.isEmpty() ? null : values.get(name))
              .toList();
      List<Value> made = tape.apply(node.op(), 0, read);
      for (int i = 0; i < made.size(); i++) {
        values.put(node.outputs().get(i), made.get(i));
      }
    }
    return values.get(rest.output());
  }

  private static float[][] weighed(Tensor activations, Tensor gradient) {
    Shape shape = activations.shape();
    int channels = shape.size(1);
    int height = shape.size(2);
    int width = shape.size(3);
    float[] maps = activations.toArray();
    float[] slopes = gradient.toArray();
    int plane = height * width;
    double[] sums = new double[plane];
    for (int c = 0; c < channels; c++) {
      double weight = 0;
      for (int i = 0; i < plane; i++) {
        weight += slopes[c * plane + i] / plane;
      }
      for (int i = 0; i < plane; i++) {
        sums[i] += weight * maps[c * plane + i];
      }
    }
    double most = 0;
    for (double sum : sums) {
      most = Math.max(most, sum);
    }
    float[][] seen = new float[height][width];
    for (int i = 0; i < plane && most > 0; i++) {
      seen[i / width][i % width] = (float) (Math.max(0, sums[i]) / most);
    }
    return seen;
  }
}
