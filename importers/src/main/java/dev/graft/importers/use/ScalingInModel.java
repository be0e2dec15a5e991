package dev.graft.importers.use;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Transpose;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shift and scale that a network begins with, as Keras's {@code Rescaling} and {@code
 * Normalization} are: {@code y = scale x + shift}. From what it does to the levels 0 to 255, and to
 * numbers from 0 to 1, follows which of the two the network is fed: what it goes on with has a span
 * of a few units around 0, or of some hundred for networks that never scale.
 */
final class ScalingInModel {

  /** The best span of what goes on: from -1 to 1, up to ImageNet's 4.4 deviations. */
  private static final double SPAN = 2;

  private double scale = 1;
  private double shift;
  private int steps;

  private ScalingInModel() {}

  /** The preprocessing that remains to be done: {@code none} or {@code unit}; null if all of it. */
  static @Nullable String remaining(Model model) {
    ScalingInModel scaling = new ScalingInModel();
    scaling.follow(model, model.graph().input().name());
    if (scaling.steps == 0) {
      return null;
    }
    return scaling.misfit(255) <= scaling.misfit(1) ? "none" : "unit";
  }

  private double misfit(double brightest) {
    double from = Math.min(shift, scale * brightest + shift);
    double span = Math.abs(scale * brightest);
    boolean holdsZero = from <= 0 && from + span >= 0;
    return Math.abs(Math.log(span / SPAN)) + (holdsZero ? 0 : 10);
  }

  private void follow(Model model, String from) {
    String value = from;
    Node reader = onlyReader(model.graph(), value);
    while (reader != null) {
      Op op = reader.op();
      if (!(op instanceof Identity || op instanceof Transpose)) {
        Double constant = constant(model, reader, value);
        if (constant == null || !apply(op, constant)) {
          return;
        }
        steps++;
      }
      value = reader.output();
      reader = onlyReader(model.graph(), value);
    }
  }

  private boolean apply(Op op, double constant) {
    if (op instanceof Mul || op instanceof Div) {
      double factor = op instanceof Mul ? constant : 1 / constant;
      scale *= factor;
      shift *= factor;
    } else if (op instanceof Add || op instanceof Sub) {
      shift += op instanceof Add ? constant : -constant;
    } else {
      return false;
    }
    return Double.isFinite(scale) && scale != 0;
  }

  private static @Nullable Node onlyReader(Graph graph, String value) {
    List<Node> readers =
        graph.nodes().stream().filter(node -> node.inputs().contains(value)).toList();
    return readers.size() == 1 ? readers.get(0) : null;
  }

  /** The mean of the constant that a node applies to {@code value}; null if it is none. */
  private static @Nullable Double constant(Model model, Node node, String value) {
    boolean commutes = node.op() instanceof Mul || node.op() instanceof Add;
    int at = node.inputs().indexOf(value);
    if (node.inputs().size() != 2 || at == 1 && !commutes) {
      return null;
    }
    String other = node.inputs().get(1 - at);
    Graph graph = model.graph();
    if (!graph.stored().containsKey(other) || graph.role(other) != Role.CONSTANT) {
      return null;
    }
    double sum = 0;
    float[] values = model.weights().get(other).toArray();
    for (float number : values) {
      sum += number;
    }
    return values.length == 0 ? null : sum / values.length;
  }
}
