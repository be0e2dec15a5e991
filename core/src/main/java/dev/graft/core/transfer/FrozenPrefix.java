package dev.graft.core.transfer;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph split where training begins: the prefix depends on no trainable parameter, so for an
 * unchanging picture its outputs never change; the rest reads them as inputs.
 *
 * @param prefix computes the features from the graph's own inputs
 * @param rest computes the graph's outputs from the features (and from inputs that the prefix does
 *     not use)
 * @param features shape of each feature for one example, by value name
 */
record FrozenPrefix(Graph prefix, Graph rest, Map<String, Shape> features) {

  /** Splits {@code graph}; the prefix is empty if training begins at the input. */
  static FrozenPrefix of(Graph graph, Set<String> trainable) {
    Set<String> moving = new HashSet<>(trainable);
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(moving::contains)) {
        moving.addAll(node.outputs());
      }
    }
    Set<String> border = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      boolean moves = moving.contains(node.output());
      for (String input : node.inputs()) {
        boolean computed = graph.producer(input) != null;
        if (moves && computed && !moving.contains(input)) {
          border.add(input);
        }
      }
    }
    Map<String, Shape> shapes = graph.shapes(1);
    List<InputSpec> starts = new ArrayList<>();
    Map<String, Shape> features = new LinkedHashMap<>();
    for (String value : border) {
      int[] sizes = shapes.get(value).toArray();
      Shape item = Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length));
      starts.add(InputSpec.batched(value, item));
      features.put(value, item);
    }
    return new FrozenPrefix(graph.ending(List.copyOf(border)), graph.startingAt(starts), features);
  }

  /** Whether there is anything to save by running the prefix only once. */
  boolean isWorthCaching() {
    return !features.isEmpty() && !prefix.parametricNodes().isEmpty();
  }

  /** Bytes of the features of one example. */
  long bytesPerExample() {
    return features.values().stream().mapToLong(s -> (long) Float.BYTES * s.elements()).sum();
  }
}
