package dev.graft.importers.keras.layer;

/**
 * One of the weights that a layer has in a file.
 *
 * @param folder where it lies below the layer's own folder in a {@code .keras} archive, such as
 *     {@code cell}; empty for the layer's own
 * @param name as Keras calls it, such as {@code kernel}
 * @param trainable whether a gradient changes it; statistics are stored behind what is trained
 */
public record WeightSlot(String folder, String name, boolean trainable) {

  /** A weight of the layer's own that is trained. */
  static WeightSlot trained(String name) {
    return new WeightSlot("", name, true);
  }

  /** A weight of the layer's own that no gradient changes. */
  static WeightSlot state(String name) {
    return new WeightSlot("", name, false);
  }

  /** The same weight, of a layer within another one. */
  WeightSlot within(String outer) {
    return new WeightSlot(folder.isEmpty() ? outer : outer + "/" + folder, name, trainable);
  }

  /** Unique within the layer, such as {@code forward_layer/cell/kernel}. */
  public String path() {
    return folder.isEmpty() ? name : folder + "/" + name;
  }
}
