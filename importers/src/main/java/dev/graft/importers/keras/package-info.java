/** Keras models: HDF5 files of Keras 1 to 3, {@code .keras} archives and TensorFlow.js layers. */
@NullMarked
package dev.graft.importers.keras;

import org.jspecify.annotations.NullMarked;
