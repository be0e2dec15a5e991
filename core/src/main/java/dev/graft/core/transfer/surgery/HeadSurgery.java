package dev.graft.core.transfer.surgery;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A new head for a model: in place of the old one, or behind the output. */
final class HeadSurgery {

  /** Deviation of a new head's weights: small, so that the first gradients reach the features. */
  private static final double DEVIATION = 0.01;

  /** Name of a layer that is put behind the output. */
  private static final String APPENDED = "graft.head";

  private final Model model;
  private final Graph graph;
  private final List<String> labels;
  private final long seed;
  private final Map<String, Shape> shapes;
  private final Map<String, Tensor> fresh = new LinkedHashMap<>();

  HeadSurgery(Model model, List<String> labels, long seed) {
    if (labels.isEmpty()) {
      throw new GraphException("a head needs at least 1 output, found none");
    }
    this.model = model;
    this.graph = model.graph();
    this.labels = labels;
    this.seed = seed;
    this.shapes = graph.shapes(1);
  }

  /** {@link Surgery#replaceHead}. */
  Model replaced() {
    Head head = model.head();
    Node layer = head.layer();
    String weight = layer.inputs().size() > 1 ? layer.inputs().get(1) : "";
    if (layer.op().unitAxis().isEmpty()) {
      throw new GraphException(
          layer.name()
              + ": a head of type "
              + layer.op().type()
              + " cannot be replaced; "
              + Head.REMEDY);
    }
    if (!graph.stored().containsKey(weight) || graph.role(weight) != Role.PARAMETER) {
      throw new GraphException(
          layer.name() + " (" + layer.op().type() + ") has no weight of its own to replace");
    }
    Map<String, Node> changed = new HashMap<>();
    Shape old = graph.stored().get(weight);
    int unitAxis = old.axis(layer.op().unitAxis().getAsInt());
    Map<String, String> renamed = new HashMap<>();
    renamed.put(
        weight,
        stored(
            weight,
            Initializer.normal(DEVIATION)
                .draw(old.with(unitAxis, labels.size()), Rng.key(seed, weight))));
    Node biased = head.bias() == null ? layer : head.bias();
    for (String bias : graph.parameters(biased)) {
      if (!bias.equals(weight)) {
        renamed.put(bias, stored(bias, Tensor.zeros(ofBias(graph.stored().get(bias)))));
      }
    }
    for (Node node : List.of(layer, biased)) {
      List<String> inputs = node.inputs().stream().map(i -> renamed.getOrDefault(i, i)).toList();
      changed.put(node.name(), new Node(node.name(), node.op(), inputs, node.outputs()));
    }
    int units = old.size(unitAxis);
    for (Node node : head.behind()) {
      boolean selects = selects(node, units);
      changed.put(
          node.name(),
          selects || isOfUnits(node)
              ? passing(node)
              : node.with(node.op().resized(units, labels.size())));
      units = selects ? shapes.get(node.output()).elements() : units;
    }
    List<Node> nodes =
        graph.nodes().stream().map(node -> changed.getOrDefault(node.name(), node)).toList();
    return finished(nodes, graph.outputs(), layer.name());
  }

  /** A new tensor under the name of the old one, or under another where other layers read that. */
  private String stored(String name, Tensor tensor) {
    String free = name;
    while (graph.consumers(name).size() > 1 && graph.stored().containsKey(free)) {
      free += ".new";
    }
    fresh.put(free, tensor);
    return free;
  }

  /** A bias may be one number for all units. */
  private Shape ofBias(Shape old) {
    return old.rank() == 0 ? Shape.of(labels.size()) : old.with(old.rank() - 1, labels.size());
  }

  /** Whether a node takes some of the layer's units, as where a background class is dropped. */
  private boolean selects(Node node, int units) {
    if (!(node.op() instanceof Slice)) {
      return false;
    }
    Shape before = shapes.get(node.inputs().get(0));
    Shape after = shapes.get(node.output());
    return before != null
        && after != null
        && !before.isOpen()
        && before.elements() == units
        && after.elements() != units;
  }

  /** Whether a node bends, normalises, scales or shifts what the layer gives. */
  private boolean isOfUnits(Node node) {
    Op op = node.op();
    boolean isScale =
        op instanceof Mul || op instanceof Div || op instanceof Add || op instanceof Sub;
    return op.activates() || op.normalizes() || isScale;
  }

  /** The node without effect; what it read beside the data is read no more. */
  private Node passing(Node node) {
    String data =
        node.inputs().stream()
            .filter(i -> !graph.stored().containsKey(i))
            .findFirst()
            .orElseThrow();
    return new Node(node.name(), new Identity(), List.of(data), List.of(node.output()));
  }

  /** {@link Surgery#appendHead}. */
  Model appended() {
    String features = graph.output();
    Shape shape = shapes.get(features);
    boolean isMaps = shape != null && shape.rank() == 4;
    if (shape == null || (shape.isOpen() && !isMaps)) {
      throw new GraphException(
          "a head behind " + features + " needs to know how many numbers it has; found " + shape);
    }
    List<Node> nodes = new ArrayList<>(graph.nodes());
    int count = isMaps ? shape.size(1) : shape.elements() / shape.size(0);
    if (isMaps && !(shape.size(2) == 1 && shape.size(3) == 1)) {
      features = add(nodes, "pool", new GlobalAveragePool(), features);
    }
    if (shape.rank() != 2) {
      features = add(nodes, "flatten", new Flatten(1), features);
    }
    String weight = APPENDED + ".weight";
    String bias = APPENDED + ".bias";
    fresh.put(
        weight,
        Initializer.normal(DEVIATION).draw(Shape.of(labels.size(), count), Rng.key(seed, weight)));
    fresh.put(bias, Tensor.zeros(Shape.of(labels.size())));
    String output = APPENDED + ".logits";
    nodes.add(
        new Node(
            APPENDED,
            new Gemm(1, 1, false, true),
            List.of(features, weight, bias),
            List.of(output)));
    return finished(nodes, List.of(output), APPENDED);
  }

  private static String add(List<Node> nodes, String name, Op op, String input) {
    String full = APPENDED + "." + name;
    nodes.add(new Node(full, op, List.of(input), List.of(full)));
    return full;
  }

  private Model finished(List<Node> nodes, List<String> outputs, String layer) {
    Weights weights = model.weights().with(fresh);
    Graph grafted = new Graph(graph.inputs(), Model.shapesOf(weights), nodes, outputs);
    expectUnits(grafted, layer);
    // Tensors that were read by the old head alone are stored no more.
    return new Model(
        grafted.ending(outputs), weights, model.metadata().withLabels(labels).withHead(layer));
  }

  /** What lies behind the layer can be made for its old number of units. */
  private void expectUnits(Graph grafted, String layer) {
    String found;
    try {
      Shape output = grafted.shapes(1).get(grafted.output());
      if (output == null || output.isOpen() || output.elements() == labels.size()) {
        return;
      }
      // A class for each place of a picture: masks.
      if (output.rank() > 2 && output.size(1) == labels.size()) {
        return;
      }
      found = "it makes " + output + " of them";
    } catch (ShapeException e) {
      found = e.getMessage();
    }
    throw new GraphException(
        layer
            + ": what lies behind the head does not fit "
            + labels.size()
            + " classes: "
            + found
            + "; "
            + Head.REMEDY);
  }
}
