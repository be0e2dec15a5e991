package dev.graft.core.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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

  public Head {
    behind = List.copyOf(behind);
  }

  /** The value where the trunk ends: the features that the head reads. */
  public String trunk() {
    return layer.inputs().get(0);
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
            node.op().leavesBias()
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

  /** Whether a node has a parameter of its own, not just the bias of the layer before it. */
  private static boolean isLayer(Graph graph, Node node) {
    Set<Integer> own = node.op().parameterInputs();
    return IntStream.range(0, node.inputs().size())
        .anyMatch(i -> own.contains(i) && graph.stored().containsKey(node.inputs().get(i)));
  }
}
