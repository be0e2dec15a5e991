package dev.graft.importers.keras;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.TensorRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Calls what a model computes by the layer that computes it, as Keras does. */
final class OutputNames {

  private OutputNames() {}

  /**
   * The output {@code predictions/softmax} becomes {@code predictions}, and a value that was called
   * so {@code predictions/before}.
   */
  static Graph given(Graph graph, ModelConfig model) {
    Map<String, String> renamed = new HashMap<>();
    List<String> layers = layers(model);
    for (int i = 0; i < layers.size(); i++) {
      String output = graph.outputs().get(i);
      String layer = layers.get(i);
      if (output.startsWith(layer + "/") && !renamed.containsValue(layer)) {
        renamed.put(output, layer);
        renamed.put(layer, layer + "/before");
      }
    }
    if (renamed.isEmpty()) {
      return graph;
    }
    List<Node> nodes =
        graph.nodes().stream()
            .map(
                node ->
                    new Node(
                        node.name(),
                        node.op(),
                        all(node.inputs(), renamed),
                        all(node.outputs(), renamed)))
            .toList();
    return new Graph(graph.inputs(), graph.stored(), nodes, all(graph.outputs(), renamed));
  }

  private static List<String> layers(ModelConfig model) {
    if (!model.isSequential()) {
      return model.outputs().stream().map(TensorRef::layer).toList();
    }
    return List.of(model.layers().get(model.layers().size() - 1).name());
  }

  private static List<String> all(List<String> names, Map<String, String> renamed) {
    return names.stream().map(name -> renamed.getOrDefault(name, name)).toList();
  }
}
