package dev.graft.core.graph;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A graph split where training begins: the prefix depends on no trainable parameter, so for an
 * unchanging picture its outputs never change; the rest reads them as inputs.
 *
 * @param prefix computes the features from the graph's own inputs
 * @param rest computes the graph's outputs from the features, and from inputs of the graph
 * @param features shape of each feature for one example, by value name; open where it follows from
 *     what is fed
 */
public record FrozenPrefix(Graph prefix, Graph rest, Map<String, Shape> features) {

  /**
   * Splits {@code graph}; the prefix is empty if training begins at the input, or if a value at the
   * border mixes pictures.
   */
  public static FrozenPrefix of(Graph graph, Set<String> trainable) {
    Set<String> moving = behind(graph, trainable);
    // What depends on no picture, such as a weight being transposed, has nothing to cache.
    Set<String> fed =
        behind(graph, graph.inputs().stream().map(InputSpec::name).collect(Collectors.toSet()));
    Set<String> border = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      boolean moves = node.outputs().stream().anyMatch(moving::contains);
      for (String input : node.inputs()) {
        boolean computed = graph.producer(input) != null;
        if (moves && computed && fed.contains(input) && !moving.contains(input)) {
          border.add(input);
        }
      }
    }
    SampleAxes samples = SampleAxes.of(graph);
    if (!border.stream().allMatch(value -> samples.of(value) == 0)) {
      border.clear();
    }
    Map<String, Fact> facts = graph.facts();
    List<InputSpec> starts = new ArrayList<>();
    Map<String, Shape> features = new LinkedHashMap<>();
    for (String value : border) {
      Shape shape = facts.get(value).shape();
      Shape item = shape.axes(1, shape.rank());
      starts.add(InputSpec.batched(value, item));
      features.put(value, item);
    }
    return new FrozenPrefix(graph.ending(List.copyOf(border)), graph.startingAt(starts), features);
  }

  /** The given values and all that is computed from one of them. */
  private static Set<String> behind(Graph graph, Set<String> values) {
    Set<String> reached = new HashSet<>(values);
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(reached::contains)) {
        reached.addAll(node.outputs());
      }
    }
    return reached;
  }

  /** Whether the prefix computes something from parameters, so that it pays to run it apart. */
  public boolean isWorthwhile() {
    return !features.isEmpty() && !prefix.parametricNodes().isEmpty();
  }

  /**
   * The inputs of the graph that both parts read, as where a connection leads past frozen layers.
   */
  public Set<String> shared() {
    Set<String> read = rest.inputs().stream().map(InputSpec::name).collect(Collectors.toSet());
    Set<String> shared = new LinkedHashSet<>();
    prefix.inputs().stream().map(InputSpec::name).filter(read::contains).forEach(shared::add);
    return shared;
  }

  /**
   * Bytes of the features of one example, and of the inputs that are kept beside them.
   *
   * @throws dev.graft.core.tensor.OpenSizeException if they depend on sizes that are open, see
   *     {@link Graph#withInputs}
   */
  public long bytesPerExample() {
    Set<String> shared = shared();
    long inputs =
        rest.inputs().stream()
            .filter(input -> shared.contains(input.name()))
            .mapToLong(input -> (long) Float.BYTES * input.bind(1).elements())
            .sum();
    return inputs
        + features.values().stream().mapToLong(s -> (long) Float.BYTES * s.elements()).sum();
  }
}
