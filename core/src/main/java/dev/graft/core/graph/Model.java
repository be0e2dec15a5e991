package dev.graft.core.graph;

import dev.graft.core.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A network that can be run, trained and saved: its graph, the contents of its stored tensors, and
 * what it says of itself. Immutable and safe to share between threads.
 *
 * @param graph the arithmetic
 * @param weights every stored tensor of the graph, of the shape the graph says
 * @param metadata labels, preprocessing, head
 */
public record Model(Graph graph, Weights weights, Metadata metadata) {

  /**
   * @throws GraphException if a stored tensor is missing or has another shape
   */
  public Model {
    for (Map.Entry<String, Shape> stored : graph.stored().entrySet()) {
      if (!weights.contains(stored.getKey())) {
        throw new GraphException("the weight " + stored.getKey() + " is missing");
      }
      Shape found = weights.get(stored.getKey()).shape();
      if (!found.equals(stored.getValue())) {
        throw new GraphException(
            stored.getKey() + ": the graph expects " + stored.getValue() + ", found " + found);
      }
    }
    weights = weights.only(graph.stored().keySet());
  }

  /** A model of {@code graph} with those of {@code weights} that it uses. */
  public static Model of(Graph graph, Weights weights) {
    return new Model(graph, weights, Metadata.NONE);
  }

  public Model with(Metadata metadata) {
    return new Model(graph, weights, metadata);
  }

  public Model with(Weights weights) {
    return new Model(graph, weights, metadata);
  }

  /** Number of trainable numbers. */
  public long parameterCount() {
    return graph.stored(Role.PARAMETER).stream()
        .mapToLong(name -> graph.stored().get(name).elements())
        .sum();
  }

  /**
   * The parameters that stay as they are in training, as the file says, by the layer or by name.
   */
  public Set<String> frozen() {
    Set<String> frozen = new LinkedHashSet<>(graph.stored(Role.PARAMETER));
    frozen.removeIf(
        name ->
            metadata.frozen().stream()
                .noneMatch(said -> name.equals(said) || name.startsWith(said + "/")));
    return frozen;
  }

  /**
   * Shape of every stored tensor of {@code weights}: what a {@link Graph} wants to know of them.
   */
  public static Map<String, Shape> shapesOf(Weights weights) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    weights.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /** Where trunk ends and head begins. */
  public Head head() {
    return Head.of(graph, metadata.head());
  }
}
