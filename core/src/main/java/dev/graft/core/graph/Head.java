package dev.graft.core.graph;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.linear.MatMul;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of a classifier: the last node with parameters before the output, and everything behind
 * it. The trunk is what comes before.
 *
 * @param layer the node whose weight maps features to classes: a Conv, Gemm or MatMul
 * @param bias the Add that carries the bias of a MatMul; null elsewhere
 * @param behind the nodes between the layer and the output, in order
 */
public record Head(Node layer, @Nullable Node bias, List<Node> behind) {

  private static final Set<String> ACTIVATIONS =
      Set.of("Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh");

  public Head {
    behind = List.copyOf(behind);
  }

  /** The value where the trunk ends: the features that the head reads. */
  public String trunk() {
    return layer.inputs().get(0);
  }

  /** Whether a node is an activation that belongs to its layer and would go with it. */
  public static boolean isActivation(Node node) {
    return ACTIVATIONS.contains(node.op().type());
  }

  /** Whether a node turns logits into probabilities. */
  public static boolean isSoftmax(Node node) {
    return node.op() instanceof Softmax || node.op() instanceof LogSoftmax;
  }

  /**
   * The head of {@code graph}.
   *
   * @param name the node it starts with, or null to find it
   * @throws GraphException if there are several outputs, or the way back from the output forks
   *     before it meets a parameter
   */
  public static Head of(Graph graph, @Nullable String name) {
    List<Node> behind = new ArrayList<>();
    String value = graph.output();
    while (true) {
      Node node = graph.producer(value);
      if (node == null) {
        throw new GraphException(
            "no layer with parameters feeds the output " + graph.output() + "; it has no head");
      }
      boolean found = name == null ? isLayer(graph, node) : node.name().equals(name);
      if (found) {
        Collections.reverse(behind);
        boolean biased =
            node.op() instanceof MatMul
                && !behind.isEmpty()
                && !graph.parameters(behind.get(0)).isEmpty();
        return biased
            ? new Head(node, behind.get(0), behind.subList(1, behind.size()))
            : new Head(node, null, behind);
      }
      behind.add(node);
      List<String> computed =
          node.inputs().stream().filter(i -> !graph.stored().containsKey(i)).toList();
      if (computed.size() != 1) {
        throw new GraphException(
            "the head cannot be told: "
                + node.name()
                + " ("
                + node.op().type()
                + ") before the output joins "
                + computed.size()
                + " values; name the node the head starts with");
      }
      value = computed.get(0);
    }
  }

  private static boolean isLayer(Graph graph, Node node) {
    boolean addition = node.op().type().equals("Add");
    return !addition && !graph.parameters(node).isEmpty();
  }

  /**
   * The graph a loss is attached to: the final Softmax, if there is one, lets the logits through.
   */
  public static Graph logits(Graph graph) {
    Node softmax = finalSoftmax(graph);
    if (softmax == null) {
      return graph;
    }
    Op through = new Identity();
    return graph.mapNodes(n -> n == softmax ? n.with(through) : n);
  }

  /** Whether the graph's output holds probabilities already, perhaps reshaped. */
  public static boolean endsInSoftmax(Graph graph) {
    Node last = finalSoftmax(graph);
    return last != null && last.op() instanceof Softmax;
  }

  /** The Softmax or LogSoftmax before the output, with at most views behind it. */
  private static @Nullable Node finalSoftmax(Graph graph) {
    Node last = graph.producer(graph.output());
    while (last != null && !isSoftmax(last) && last.op().isView()) {
      last = graph.producer(last.inputs().get(0));
    }
    return last != null && isSoftmax(last) ? last : null;
  }
}
