package dev.graft.core.transfer.surgery;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Op;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network of another width: every layer but the head makes a share of its units, and reads what
 * the layers before it make now. Nodes are met in their order; what each stored tensor becomes
 * follows from the shapes of the values beside it, old and new, and every weight is drawn anew.
 */
final class Narrowing {

  private final Model model;
  private final Graph graph;
  private final double share;
  private final long seed;
  private final Map<String, Fact> before;
  private final Map<String, Fact> after = new HashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  Narrowing(Model model, double share, long seed) {
    this.model = model;
    this.graph = model.graph();
    this.share = share;
    this.seed = seed;
    this.before = graph.facts();
  }

  Model narrowed() {
    graph.inputs().forEach(input -> after.put(input.name(), input.fact()));
    String head = model.head().layer().name();
    Map<String, Node> changed = new HashMap<>();
    for (Node node : graph.nodes()) {
      changed.put(node.name(), narrowed(node, node.name().equals(head)));
    }
    Weights weights = Weights.of(tensors);
    List<Node> nodes = graph.nodes().stream().map(node -> changed.get(node.name())).toList();
    List<InputSpec> inputs = graph.inputs();
    Graph narrow = new Graph(inputs, Model.shapesOf(weights), nodes, graph.outputs());
    return new Model(narrow, weights, model.metadata());
  }

  private Node narrowed(Node node, boolean isHead) {
    Op op = node.op();
    if (op instanceof Conv conv && conv.groups() > 1) {
      op = new Conv(conv.window(), groups(node, conv));
    }
    Node narrow = node.with(op);
    for (int i = 0; i < node.inputs().size(); i++) {
      String name = node.inputs().get(i);
      if (graph.stored().containsKey(name) && !tensors.containsKey(name)) {
        store(narrow, i, !isHead);
      }
    }
    try {
      List<Fact> results =
          op.infer(node.inputs().stream().<@Nullable Fact>map(after::get).toList());
      for (int i = 0; i < node.outputs().size(); i++) {
        after.put(node.outputs().get(i), results.get(i));
      }
    } catch (ShapeException e) {
      throw new GraphException(
          "the network cannot be made narrower: " + node.name() + ": " + e.getMessage());
    }
    return narrow;
  }

  /** The axis of a layer's weight that counts its units; -1 for what is no layer. */
  private static int unitAxis(Op op) {
    return op instanceof Conv
        ? 0
        : op instanceof Gemm gemm ? (gemm.transposeB() ? 0 : 1) : op instanceof MatMul ? 1 : -1;
  }

  /** As many as there are channels where each is convolved alone; else those there were. */
  private int groups(Node node, Conv conv) {
    int old = before.get(node.inputs().get(0)).shape().size(1);
    int now = after.get(node.inputs().get(0)).shape().size(1);
    if (conv.groups() != old && now % conv.groups() != 0) {
      throw new GraphException(
          "the network cannot be made narrower: "
              + node.name()
              + " convolves in "
              + conv.groups()
              + " groups, which "
              + now
              + " channels cannot be cut into");
    }
    return conv.groups() == old ? now : conv.groups();
  }

  /** Draws a stored tensor anew, or keeps a constant of the arithmetic. */
  private void store(Node node, int i, boolean isNarrowed) {
    String name = node.inputs().get(i);
    Tensor old = model.weights().get(name);
    Role role = graph.role(node, i);
    Shape shape = role == Role.CONSTANT ? old.shape() : shape(node, i, isNarrowed);
    Tensor tensor =
        role == Role.CONSTANT
            ? old
            : node.op().initializer(i, shape).draw(shape, Rng.key(seed, name));
    tensors.put(name, tensor);
    after.put(name, Fact.told(tensor));
  }

  private Shape shape(Node node, int i, boolean isNarrowed) {
    Shape old = graph.stored().get(node.inputs().get(i));
    int units = unitAxis(node.op());
    if (i == 1 && units >= 0) {
      return weight(node, old, units, isNarrowed);
    }
    if (units >= 0) {
      // A bias: as long as the weight before it has units.
      int count = after.get(node.inputs().get(1)).shape().size(units);
      return old.rank() == 0 ? old : old.with(old.rank() - 1, count);
    }
    return beside(old, neighbour(node, before), neighbour(node, after));
  }

  /** The weight of a convolution or a product. */
  private Shape weight(Node node, Shape old, int units, boolean isNarrowed) {
    String x = node.inputs().get(0);
    if (!after.containsKey(x)) {
      throw new GraphException("the network cannot be made narrower: nothing is known of " + x);
    }
    Shape read = after.get(x).shape();
    int made = isNarrowed ? units(old.size(units)) : old.size(units);
    if (node.op() instanceof Conv conv) {
      int channels = read.size(1);
      boolean isDepthwise = conv.groups() > 1 && conv.groups() == channels && old.size(1) == 1;
      int multiplier = old.size(0) / before.get(x).shape().size(1);
      int outputs = isDepthwise ? channels * multiplier : roundedTo(conv.groups(), made);
      return old.with(0, outputs).with(1, channels / conv.groups());
    }
    int inputs = read.size(read.rank() - 1);
    return old.with(units, made).with(1 - units, inputs);
  }

  private static int roundedTo(int groups, int units) {
    return Math.max(groups, units / groups * groups);
  }

  private int units(int old) {
    return Math.max(1, (int) Math.round(old * share));
  }

  /** The value that a stored tensor stands beside. */
  private Shape neighbour(Node node, Map<String, Fact> facts) {
    return node.inputs().stream()
        .filter(input -> !graph.stored().containsKey(input) && facts.containsKey(input))
        .map(input -> facts.get(input).shape())
        .findFirst()
        .orElseThrow(
            () ->
                new GraphException(
                    "the network cannot be made narrower: "
                        + node.name()
                        + " reads nothing whose size is known"));
  }

  /**
   * A scale, a shift, a statistic: axes stand beside those of the value from the last one on, and a
   * vector beside its channels.
   */
  private static Shape beside(Shape old, Shape before, Shape after) {
    Size[] sizes = old.dims().toArray(Size[]::new);
    for (int axis = 0; axis < sizes.length; axis++) {
      int last = before.rank() - old.rank() + axis;
      int[] candidates =
          old.rank() == 1 && before.rank() > 1 ? new int[] {1, last} : new int[] {last};
      for (int at : candidates) {
        if (at >= 0 && sizes[axis].equals(before.dim(at)) && !sizes[axis].is(1)) {
          sizes[axis] = after.dim(at);
          break;
        }
      }
    }
    return Shape.ofSizes(sizes);
  }
}
