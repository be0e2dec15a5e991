package dev.graft.core.graph;

import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The head of a classifier: the last layer before the output whose units can be classes, and
 * everything behind it: activations, normalisations and scales of its units, views, a Softmax. The
 * trunk is what comes before.
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

  /** What to do where a head cannot be told. */
  public static final String REMEDY =
      "name the layer to replace (--head NODE, Metadata.withHead), or put a new head behind the"
          + " output (--append-head, HeadChoice.APPEND)";

  /**
   * The head of {@code graph}.
   *
   * @param name the node it starts with, or null to find it
   * @throws GraphException if there are several outputs, the way back from the output forks before
   *     it meets such a layer, or there is no node of that name on it
   */
  public static Head of(Graph graph, @Nullable String name) {
    List<Node> behind = new ArrayList<>();
    String value = graph.output();
    while (true) {
      Node node = graph.producer(value);
      if (node == null) {
        throw new GraphException(
            name == null
                ? "no layer feeds the output " + graph.output() + "; it has no head"
                : "the head " + name + " is not on the way to the output " + graph.output());
      }
      boolean found = name == null ? isLayer(graph, node) : node.name().equals(name);
      if (found) {
        Collections.reverse(behind);
        boolean biased =
            node.op().leavesBias()
                && !behind.isEmpty()
                && behind.get(0).op() instanceof Add
                && !graph.parameters(behind.get(0)).isEmpty();
        return biased
            ? new Head(node, behind.get(0), behind.subList(1, behind.size()))
            : new Head(node, null, behind);
      }
      behind.add(node);
      List<String> computed =
          node.inputs().stream().filter(i -> !graph.stored().containsKey(i)).toList();
      if (computed.size() != 1) {
        String joint = node.name() + " (" + node.op().type() + ")";
        throw new GraphException(
            name == null || !feeds(graph, name, node)
                ? "the head cannot be told: "
                    + joint
                    + " before the output joins "
                    + computed.size()
                    + " values; "
                    + REMEDY
                : name
                    + " cannot be replaced as the head: behind it "
                    + joint
                    + " joins "
                    + computed.size()
                    + " values, which have to keep their sizes; name a layer behind that, or put a"
                    + " new head behind the output (--append-head, HeadChoice.APPEND)");
      }
      value = computed.get(0);
    }
  }

  private static boolean feeds(Graph graph, String name, Node node) {
    return graph.ending(List.of(node.output())).nodes().stream()
        .anyMatch(before -> before.name().equals(name));
  }

  /**
   * Whether a node has a weight of its own, not just the bias of the layer before it. What only
   * scales, normalises or bends the units of a layer goes with that layer.
   */
  private static boolean isLayer(Graph graph, Node node) {
    Set<Integer> own = node.op().parameterInputs();
    return !node.op().normalizes()
        && !node.op().activates()
        && IntStream.range(0, node.inputs().size())
            .anyMatch(i -> own.contains(i) && graph.stored().containsKey(node.inputs().get(i)));
  }

  /**
   * Whether the layer may be the last of a feature extractor rather than a classifier's: a
   * convolution from which only pooling and views lead to the output, while nothing says that its
   * units are classes: no Softmax or Sigmoid, no labels that fit, no count that is ImageNet's.
   *
   * @param labels how many names of classes the model carries
   */
  public boolean isDoubtful(Graph graph, int labels) {
    if (!(layer.op() instanceof Conv conv) || conv.groups() > 1 || behind.isEmpty()) {
      return false;
    }
    Op last = behind.get(behind.size() - 1).op();
    boolean isPooled =
        last.isView() || OutputMeaning.isAverage(last) || last instanceof GlobalMaxPool;
    int units = units(graph);
    boolean isNormalised = behind.stream().anyMatch(node -> node.op().normalizes());
    boolean isImageNet = (units == 1000 || units == 1001) && !isNormalised;
    return isPooled
        && OutputMeaning.of(graph).kind() == OutputMeaning.Kind.LOGITS
        && labels != units
        && !isImageNet;
  }

  /** The layer's number of units: of classes. */
  public int units(Graph graph) {
    Shape weight = graph.stored().get(layer.inputs().get(1));
    return weight.size(weight.axis(layer.op().unitAxis().orElseThrow()));
  }
}
