package dev.graft.importers.keras;

import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.layer.KerasLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Layers that cannot be read: told all at once, so that nobody saves again for each. */
final class UnsupportedLayers {

  private UnsupportedLayers() {}

  /**
   * @throws ImportException naming every class without a reading, where it stands, and a remedy
   */
  static void refuse(ModelTree tree) {
    Map<String, List<String>> unknown = new TreeMap<>();
    for (ModelTree.Leaf leaf : tree.leaves()) {
      for (LayerConfig layer : withInner(leaf.config())) {
        if (!layer.className().equals(ModelTree.INPUT) && KerasLayers.of(layer) == null) {
          unknown.computeIfAbsent(layer.className(), k -> new ArrayList<>()).add(leaf.path());
        }
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    unknown.forEach(
        (type, names) ->
            parts.add(
                type
                    + " (layer "
                    + names.get(0)
                    + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "")
                    + ")"));
    throw new ImportException(
        "uses layers that are not supported: "
            + String.join(", ", parts)
            + (unknown.containsKey("Lambda")
                ? "; a Lambda holds Python byte code, which is never run here: put layers of Keras"
                    + " in its place (Rescaling, Reshape, keras.ops)"
                : "; layers of your own are not in the file: put layers of Keras in their place,")
            + " or export the model to ONNX (model.export('x.onnx', format='onnx'))");
  }

  /** A layer, and the one that it wraps. */
  private static List<LayerConfig> withInner(LayerConfig layer) {
    LayerConfig inner = layer.inner("layer");
    return inner == null ? List.of(layer) : List.of(layer, inner);
  }
}
