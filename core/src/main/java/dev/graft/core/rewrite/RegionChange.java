package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings the values of a {@link Region} into the other order of axes. */
final class RegionChange {

  private final GraphEdit graph;
  private final Region region;

  /** The name of v' for every v. */
  private final Map<String, String> names = new HashMap<>();

  private final Map<String, Fact> facts = new HashMap<>();
  private final Map<String, String> moved = new HashMap<>();

  /** Values whose own order is asked for as well. */
  private final Set<String> restored = new LinkedHashSet<>();

  private RegionChange(GraphEdit graph, Region region) {
    this.graph = graph;
    this.region = region;
  }

  static void carryOut(GraphEdit graph, Region region) {
    new RegionChange(graph, region).carryOut();
  }

  private void carryOut() {
    List<Node> transposes = new ArrayList<>();
    for (String value : region.values()) {
      Node producer = graph.producer(value);
      if (producer != null && producer.op() instanceof Transpose) {
        takeFrom(producer, value);
        transposes.add(producer);
      } else if (region.yields(producer)) {
        boolean kept = region.isKept(value);
        names.put(value, kept ? graph.fresh(value + "/reordered") : value);
        if (kept) {
          restored.add(value);
        }
      } else if (region.isRead(value)) {
        bringIn(value);
      }
    }
    for (String value : region.values()) {
      if (names.containsKey(value)) {
        Fact old = graph.fact(value);
        facts.put(names.get(value), Fact.of(old.type(), region.moved(old.shape())));
        if (isMade(value)) {
          region.transposes(value).forEach(node -> readFrom(names.get(value), node));
        }
      }
    }
    Map<String, Fact> own = new HashMap<>();
    restored.forEach(value -> own.put(value, graph.fact(value)));
    region.nodes().forEach(this::change);
    facts.forEach(graph::tell);
    restored.forEach(value -> restore(value, own.get(value)));
    transposes.forEach(graph::drop);
  }

  /** Whether v' takes the place of v, which then is not there any more unless it is restored. */
  private boolean isMade(String value) {
    Node producer = graph.producer(value);
    return producer != null && (producer.op() instanceof Transpose || region.yields(producer));
  }

  /** v' of what comes in through a Transpose: often what that reads. */
  private void takeFrom(Node transpose, String value) {
    String source = transpose.inputs().get(0);
    AxisOrder left = region.order().inverse().after(Region.order(graph, transpose));
    names.put(value, left.isUnchanged() ? source : transposed(source, left, value));
  }

  /** v' of what comes in as it is: there may be a Transpose of it already. */
  private void bringIn(String value) {
    AxisOrder order = region.order().inverse();
    for (Node transpose : region.transposes(value)) {
      if (Region.order(graph, transpose).equals(order)) {
        names.put(value, transpose.output());
        return;
      }
    }
    names.put(value, transposed(value, order, value));
  }

  private String transposed(String source, AxisOrder order, String value) {
    String name = graph.fresh(value + "/reordered");
    graph.add(new Node(name, new Transpose(order.places()), List.of(source), List.of(name)));
    return name;
  }

  /** A Transpose that read v reads v', if anything of it is left. */
  private void readFrom(String source, Node transpose) {
    AxisOrder left = Region.order(graph, transpose).after(region.order());
    String output = transpose.output();
    if (!left.isUnchanged()) {
      graph.replace(
          new Node(
              transpose.name(),
              new Transpose(left.places()),
              List.of(source),
              transpose.outputs()));
    } else if (graph.isOutput(output)) {
      graph.replace(
          new Node(transpose.name(), new Identity(), List.of(source), transpose.outputs()));
    } else {
      graph.redirect(output, source);
      graph.drop(transpose);
    }
  }

  private void change(String name, Reordered other) {
    Node node = graph.node(name);
    if (node == null) {
      return; // It led nowhere, and went with the Transpose behind it.
    }
    List<String> inputs = node.inputs().stream().map(this::input).toList();
    boolean yields = region.yields(node);
    List<String> outputs =
        node.outputs().stream().map(output -> yields ? names.get(output) : output).toList();
    graph.replace(new Node(name, other.op(), inputs, outputs));
  }

  private String input(String value) {
    if (names.containsKey(value)) {
      return names.get(value);
    }
    Tensor tensor = graph.stored(value);
    return tensor == null || tensor.shape().elements() == 1
        ? value
        : moved.computeIfAbsent(value, name -> store(name, tensor));
  }

  /** Stores a tensor that broadcasts against the values of this region in their new order. */
  private String store(String name, Tensor tensor) {
    Shape shape = tensor.shape();
    AxisOrder order = region.order().inverse();
    int missing = order.rank() - shape.rank();
    List<Size> sizes = new ArrayList<>(Collections.nCopies(missing, Size.of(1)));
    sizes.addAll(shape.dims());
    Tensor wide = tensor.reshape(Shape.ofSizes(sizes));
    Tensor other = HostEvaluation.of(new Transpose(order.places()), List.of(wide)).get(0);
    int ones = 0;
    while (ones < missing && other.shape().dim(ones).is(1)) {
      ones++;
    }
    boolean alone =
        !graph.isOutput(name)
            && graph.readers(name).stream().allMatch(n -> region.nodes().containsKey(n.name()));
    String stored = alone ? name : graph.fresh(name + "/reordered");
    graph.store(stored, other.reshape(other.shape().axes(ones, order.rank())));
    return stored;
  }

  /** Computes v of v' for those who want it in its own order. */
  private void restore(String value, Fact fact) {
    graph.add(
        new Node(
            graph.fresh(value + "/restored"),
            new Transpose(region.order().places()),
            List.of(names.get(value)),
            List.of(value)));
    graph.tell(value, fact);
  }
}
