package dev.graft.core.transfer.feature;

import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Small features for a head that is a 1x1 convolution with global average pooling behind it, as
 * SqueezeNet has one. Both are linear and the one works on channels, the other on places, so that
 * they commute: {@code mean(W x + b) = W mean(x) + b}. Pooled before the convolution, a feature
 * takes one number a channel instead of one a place, and each step of the head as much less work.
 */
public final class PooledFeatures {

  private PooledFeatures() {}

  /**
   * The graph with pooling before such convolutions, where they read frozen features; the given one
   * where there are none. Its values are the same but for rounding.
   *
   * @param split of the graph
   */
  public static Graph of(Graph graph, FrozenPrefix split) {
    List<Node> nodes = new ArrayList<>();
    boolean isChanged = false;
    for (Node node : graph.nodes()) {
      Shape feature = node.inputs().isEmpty() ? null : split.features().get(node.inputs().get(0));
      boolean reads = feature != null && isSpread(feature);
      if (reads && node.op() instanceof Conv conv && isPooled(graph, node, conv)) {
        isChanged = true;
        nodes.addAll(pooledBefore(node, conv));
      } else {
        nodes.add(node);
      }
    }
    return isChanged ? new Graph(graph.inputs(), graph.stored(), nodes, graph.outputs()) : graph;
  }

  /** Whether an item is maps of more than one place. */
  private static boolean isSpread(Shape item) {
    return item.rank() == 3 && !(item.dim(1).is(1) && item.dim(2).is(1));
  }

  /** Whether a convolution is one of channels alone, whose mean is all that anyone reads. */
  private static boolean isPooled(Graph graph, Node node, Conv conv) {
    Window window = conv.window();
    boolean isOfChannels =
        conv.groups() == 1
            && window.autoPad() == AutoPad.NOTSET
            && window.kernel().stream().allMatch(size -> size == 1)
            && window.strides().stream().allMatch(stride -> stride == 1);
    String value = node.output();
    while (isOfChannels) {
      List<Node> readers = graph.consumers(value);
      if (readers.size() != 1 || graph.outputs().contains(value)) {
        return false;
      }
      Node reader = readers.get(0);
      if (reader.op() instanceof GlobalAveragePool) {
        return true;
      }
      if (!(reader.op() instanceof Identity)) {
        return false;
      }
      value = reader.output();
    }
    return false;
  }

  /** What the convolution pads with counts in the mean, so that it is padded before that. */
  private static List<Node> pooledBefore(Node node, Conv conv) {
    List<Integer> pads = conv.window().pads();
    String name = "graft.pooled/" + node.name();
    String value = node.inputs().get(0);
    List<Node> nodes = new ArrayList<>();
    if (pads.stream().anyMatch(pad -> pad != 0)) {
      List<Integer> all = new ArrayList<>(List.of(0, 0));
      all.addAll(pads.subList(0, 2));
      all.addAll(List.of(0, 0));
      all.addAll(pads.subList(2, 4));
      nodes.add(new Node(name + ".pad", new Pad(all, 0), List.of(value), List.of(name + ".pad")));
      value = name + ".pad";
    }
    nodes.add(new Node(name, new GlobalAveragePool(), List.of(value), List.of(name)));
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, name);
    Conv plain = new Conv(Window.square(1, 1, 0), 1);
    nodes.add(new Node(node.name(), plain, inputs, node.outputs()));
    return nodes;
  }
}
