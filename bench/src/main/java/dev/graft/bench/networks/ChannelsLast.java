package dev.graft.bench.networks;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network for pictures as an importer makes it of one with channels last: {@code [N,H,W,C]}
 * everywhere, and a Transpose before and behind each operation that wants channels first.
 */
public final class ChannelsLast {

  /** Channels first, seen from channels last. */
  private static final AxisOrder FIRST = new AxisOrder(List.of(0, 3, 1, 2));

  private final Model model;
  private final Map<String, Shape> shapes;
  private final List<Node> nodes = new ArrayList<>();

  private ChannelsLast(Model model) {
    this.model = model;
    this.shapes = model.graph().shapes(1);
  }

  /** The same network with channels last, for pictures {@code [N,H,W,C]}. */
  public static Model of(Model model) {
    return new ChannelsLast(model).changed();
  }

  private Model changed() {
    Graph graph = model.graph();
    graph.nodes().forEach(this::add);
    List<InputSpec> inputs =
        graph.inputs().stream()
            .map(i -> new InputSpec(i.name(), i.type(), FIRST.inverse().of(i.shape())))
            .toList();
    Graph last = new Graph(inputs, graph.stored(), nodes, graph.outputs());
    return new Model(last, model.weights(), model.metadata());
  }

  private boolean isMap(String value) {
    return shapes.get(value).rank() == 4 && !model.graph().stored().containsKey(value);
  }

  private void add(Node node) {
    boolean onMaps = node.inputs().stream().allMatch(this::isMap);
    Reordered other = onMaps ? node.op().reordered(FIRST) : null;
    if (other != null) {
      nodes.add(node.with(other.op()));
      return;
    }
    List<String> inputs = node.inputs().stream().map(i -> isMap(i) ? first(node, i) : i).toList();
    if (!isMap(node.output())) {
      nodes.add(new Node(node.name(), node.op(), inputs, node.outputs()));
      return;
    }
    String first = node.output() + "/first";
    nodes.add(new Node(node.name(), node.op(), inputs, List.of(first)));
    turn(node.name() + "/last", FIRST.inverse(), first, node.output());
  }

  private String first(Node node, String value) {
    String first = node.name() + "/" + value + "/first";
    turn(first, FIRST, value, first);
    return first;
  }

  private void turn(String name, AxisOrder order, String from, String to) {
    nodes.add(new Node(name, new Transpose(order.places()), List.of(from), List.of(to)));
  }
}
