package dev.graft.importers.keras.layer;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.keras.container.StoredArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The weights of one layer, by slot. What does not fit is gathered, so that a file and its config
 * are compared whole.
 *
 * @param layer for messages
 * @param path of the layer in the graph, before the names of its weights
 * @param arrays by {@link WeightSlot#path()}
 * @param trainable whether the layer is trained
 * @param frozen takes the layer, or single weights of it, where they are not
 * @param isWhole whether all that the layer has in a file is there; if not, that has been told
 * @param mismatches takes a line for each array of another shape
 */
public record LayerWeights(
    String layer,
    String path,
    Map<String, StoredArray> arrays,
    boolean trainable,
    Set<String> frozen,
    boolean isWhole,
    Mismatches mismatches) {

  boolean has(String slot) {
    return arrays.containsKey(slot);
  }

  Tensor read(String slot, Shape... accepted) {
    StoredArray array = arrays.get(slot);
    if (array == null && isWhole) {
      throw new ImportException("the file holds no " + slot);
    }
    if (array == null) {
      return mismatches.standIn(accepted[0]);
    }
    List<Shape> wanted = Arrays.asList(accepted);
    if (wanted.contains(array.shape())) {
      return array.read();
    }
    mismatches.add(
        layer
            + ": the file holds "
            + slot
            + " "
            + array.shape()
            + ", its config wants "
            + wanted.get(0));
    return mismatches.standIn(wanted.get(0));
  }

  String store(GraphAssembler graph, String slot, Supplier<Tensor> contents) {
    String name = path + "/" + slot;
    if (!graph.isKnown(name)) {
      graph.addStored(name, contents.get());
    }
    if (!trainable) {
      frozen.add(path);
    }
    return name;
  }

  void freeze(String slot) {
    frozen.add(path + "/" + slot);
  }
}
