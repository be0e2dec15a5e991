package dev.graft.importers.keras;

import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.layer.Mismatches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays by the layer that their names begin with: {@code conv1/kernel} is conv1's, {@code
 * lstm/lstm_cell/kernel} lstm's. Early TensorFlow put the names of models in front of them.
 */
final class NamedWeights {

  private final Map<String, List<StoredArray>> byLayer = new LinkedHashMap<>();

  /**
   * @param layers with weights
   * @param mismatches takes a line for each array that belongs to no layer, or to several
   */
  NamedWeights(List<StoredArray> arrays, List<ModelTree.Leaf> layers, Mismatches mismatches) {
    for (ModelTree.Leaf layer : layers) {
      if (byLayer.put(layer.config().name(), new ArrayList<>()) != null) {
        mismatches.add(
            layer.config() + ": the file tells weights by the names of layers, and two have this");
      }
    }
    for (StoredArray array : arrays) {
      String layer = layer(array.name());
      if (layer.isEmpty()) {
        mismatches.add("the file holds " + array.name() + ", which belongs to no layer");
      } else {
        byLayer.get(layer).add(array);
      }
    }
  }

  /** The arrays of a layer with weights, in the file's order. */
  List<StoredArray> of(ModelTree.Leaf layer) {
    return byLayer.get(layer.config().name());
  }

  /** The longest name of a layer that a weight's name begins with, or else one within it. */
  private String layer(String weight) {
    int start = 0;
    while (true) {
      for (int end = weight.lastIndexOf('/'); end > start; end = weight.lastIndexOf('/', end - 1)) {
        String name = weight.substring(start, end);
        if (byLayer.containsKey(name)) {
          return name;
        }
      }
      int next = weight.indexOf('/', start);
      if (next < 0) {
        return "";
      }
      start = next + 1;
    }
  }
}
