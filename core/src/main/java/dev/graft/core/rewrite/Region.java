package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connected part of a graph that can do its work with the axes of its values in another order:
 * the operations in it {@link dev.graft.core.op.Op#reordered do not mind}. It ends where values
 * come in or are read in an order that is fixed: at convolutions and products, at Transposes, at
 * the inputs and outputs of the model.
 *
 * <p>Every value v of it would become v', of which v is a Transpose by {@link #order}.
 */
final class Region {

  private final GraphEdit graph;
  private final AxisOrder order;
  private final Set<String> values = new LinkedHashSet<>();
  private final Map<String, Reordered> nodes = new LinkedHashMap<>();
  private final Deque<String> open = new ArrayDeque<>();

  private Region(GraphEdit graph, AxisOrder order) {
    this.graph = graph;
    this.order = order;
  }

  /** The largest region that holds a value. */
  static Region around(GraphEdit graph, String value, AxisOrder order) {
    Region region = new Region(graph, order);
    region.enter(value);
    while (!region.open.isEmpty()) {
      String next = region.open.remove();
      Node producer = graph.producer(next);
      if (producer != null) {
        region.join(producer);
      }
      graph.readers(next).forEach(region::join);
    }
    return region;
  }

  private void enter(String value) {
    if (values.add(value)) {
      open.add(value);
    }
  }

  private void join(Node node) {
    Reordered other = nodes.containsKey(node.name()) ? null : reordered(node);
    if (other == null) {
      return;
    }
    nodes.put(node.name(), other);
    node.inputs().stream().filter(this::isHeld).forEach(this::enter);
    if (keepsOrder(other)) {
      node.outputs().forEach(this::enter);
    }
  }

  /** What a node becomes within this region; null if it minds. */
  private @Nullable Reordered reordered(Node node) {
    boolean holds = false;
    for (int i = 0; i < node.inputs().size(); i++) {
      String input = node.inputs().get(i);
      if (!isHeld(input) && !isAnyOrder(input) && !isMovable(node, i)) {
        return null;
      }
      holds |= isHeld(input);
    }
    boolean told = node.outputs().stream().allMatch(output -> graph.fact(output) != null);
    Reordered other = holds && told ? node.op().reordered(order) : null;
    return other == null || keepsOrder(other) || other.order().isUnchanged() ? other : null;
  }

  /** Whether the outputs have their axes in the other order too, rather than in the old one. */
  private boolean keepsOrder(Reordered other) {
    return other.order().equals(order);
  }

  /** Whether a value that an operation reads would have its axes in the other order. */
  private boolean isHeld(String value) {
    Fact fact = graph.fact(value);
    return graph.stored(value) == null
        && fact != null
        && fact.isFloat()
        && fact.shape().rank() == order.rank()
        && !isAnyOrder(value);
  }

  /** Whether a value is the same in every order of axes: a single number. */
  private boolean isAnyOrder(String value) {
    Fact fact = graph.fact(value);
    return fact != null
        && fact.isFloat()
        && fact.shape().rank() <= order.rank()
        && fact.shape().dims().stream().allMatch(size -> size.is(1));
  }

  /**
   * Whether input i of a node is a stored tensor that may be stored in the other order instead. A
   * parameter may if nothing else reads it, and if it would still be found to be one.
   */
  private boolean isMovable(Node node, int i) {
    String input = node.inputs().get(i);
    if (graph.stored(input) == null || graph.fact(input).shape().rank() > order.rank()) {
      return false;
    }
    return switch (graph.role(input)) {
      case CONSTANT -> true;
      case PARAMETER ->
          graph.readerCount(input) == 1
              && Collections.frequency(node.inputs(), input) == 1
              && !graph.isOutput(input)
              && !node.op().biasInputs().contains(i);
      case STATE -> false;
    };
  }

  /** The order in which the values of this region would be: v is v' in this order. */
  AxisOrder order() {
    return order;
  }

  Set<String> values() {
    return values;
  }

  /** What the nodes of this region would become, by their names. */
  Map<String, Reordered> nodes() {
    return nodes;
  }

  /** Whether a node is of this region, and its outputs with it. */
  boolean yields(@Nullable Node producer) {
    Reordered other = producer == null ? null : nodes.get(producer.name());
    return other != null && keepsOrder(other);
  }

  /** Whether v is asked for in the old order, by others than Transposes. */
  boolean isKept(String value) {
    return graph.isOutput(value)
        || graph.readers(value).stream()
            .anyMatch(n -> !(n.op() instanceof Transpose) && !nodes.containsKey(n.name()));
  }

  /** Whether v' is asked for. */
  boolean isRead(String value) {
    return graph.readers(value).stream().anyMatch(n -> nodes.containsKey(n.name()));
  }

  /** The Transposes that read a value. */
  List<Node> transposes(String value) {
    return graph.readers(value).stream().filter(n -> n.op() instanceof Transpose).toList();
  }

  /** The order of a Transpose. */
  static AxisOrder order(GraphEdit graph, Node transpose) {
    int rank = graph.fact(transpose.inputs().get(0)).shape().rank();
    return ((Transpose) transpose.op()).order(rank);
  }

  /** The shape of v', where that of v is this. */
  Shape moved(Shape shape) {
    return order.inverse().of(shape);
  }
}
