package dev.graft.importers.keras.container;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The weights of a file, in one of the three orders that Keras keeps them in. */
public sealed interface WeightStore {

  /**
   * One list for each layer of the outermost model, by its name: what Keras 1 and 2 write, and
   * Keras 3 into whole {@code .h5} models. The weights of a nested model lie in the one list of its
   * layer, those that are trained first.
   */
  non-sealed interface ByName extends WeightStore {

    /** The arrays of a layer, in the file's order; null if the file has none of that name. */
    @Nullable List<StoredArray> ofLayer(String name);
  }

  /**
   * A folder for each layer, named by class and order, as {@code .keras} files have it: {@code
   * layers/conv2d_1/vars/0}.
   */
  non-sealed interface ByPath extends WeightStore {

    /** The arrays {@code path/vars/0}, {@code path/vars/1}…; empty if there are none. */
    List<StoredArray> at(String path);

    /** Whether anything lies under a path. */
    boolean has(String path);

    /** All arrays of the model's layers, whatever they are for, by their whole paths. */
    List<StoredArray> all();
  }

  /**
   * One list for all layers, each array named by its layer and itself, as TensorFlow.js has it:
   * {@code conv1/kernel}, also within a nested model; those of a layer in Keras's order.
   */
  @FunctionalInterface
  non-sealed interface ByWeight extends WeightStore {

    /** All arrays, in the file's order. */
    List<StoredArray> all();
  }
}
