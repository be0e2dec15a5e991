package dev.graft.importers.keras.container;

import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whole models in HDF5, and the weights in them. */
final class Hdf5Models {

  private static final String WEIGHTS = "model_weights";

  private Hdf5Models() {}

  /**
   * A whole model: {@code model_config} as an attribute, the weights in {@code model_weights}.
   *
   * @throws ImportException if the file holds weights alone, or no Keras model
   */
  static KerasFile read(Hdf5 file) {
    String config = file.text("", "model_config");
    if (config == null) {
      throw file.texts("", "layer_names") != null || file.has("layers") || file.has("vars")
          ? new ImportException(
              "holds the weights of a Keras model without its architecture; load them in Keras and"
                  + " save all: model.load_weights(FILE); model.save('model.keras')")
          : new ImportException(
              "is an HDF5 file without a Keras model (no model_config); save with"
                  + " model.save('model.h5')");
    }
    String root = file.has(WEIGHTS) ? WEIGHTS : "";
    String version = first(file.text(root, "keras_version"), file.text("", "keras_version"));
    // Keras 1 before 1.2 did not say.
    String known = version == null ? "1" : version;
    String backend = first(file.text(root, "backend"), file.text("", "backend"));
    return new KerasFile(
        "Keras " + known + ", HDF5",
        config,
        known,
        Objects.requireNonNullElse(backend, ""),
        byName(file, root));
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one != null ? one : other;
  }

  /** The lists of weights that {@code weight_names} of each layer's group names. */
  static WeightStore.ByName byName(Hdf5 file, String root) {
    return layer -> {
      String group = root + "/" + layer;
      List<String> names = file.texts(group, "weight_names");
      if (names == null) {
        return null;
      }
      List<StoredArray> arrays = new ArrayList<>();
      for (String name : names) {
        arrays.add(file.array(group + "/" + name));
      }
      return arrays;
    };
  }

  /** The folders of {@code model.weights.h5}. */
  static WeightStore.ByPath byPath(Hdf5 file) {
    return new WeightStore.ByPath() {
      @Override
      public List<StoredArray> at(String path) {
        String folder = path + "/vars";
        List<StoredArray> arrays = new ArrayList<>();
        while (file.has(folder + "/" + arrays.size())) {
          arrays.add(file.array(folder + "/" + arrays.size()));
        }
        return arrays;
      }

      @Override
      public boolean has(String path) {
        return file.has(path);
      }

      @Override
      public List<StoredArray> all() {
        List<StoredArray> arrays = new ArrayList<>();
        for (String child : file.children("")) {
          // The optimizer has variables too.
          if (!child.equals("optimizer")) {
            arrays.addAll(file.arrays(child));
          }
        }
        return arrays;
      }
    };
  }
}
