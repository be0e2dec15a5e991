package dev.graft.importers.keras.container;

/**
 * A file that holds a whole model.
 *
 * @param format for people, such as {@code Keras 2.4.0, HDF5}
 * @param config the architecture, as JSON
 * @param version of Keras that wrote it, such as {@code 2.4.0}
 * @param backend that Keras ran on, such as {@code theano}; empty if the file does not say
 * @param weights where the weights lie
 */
public record KerasFile(
    String format, String config, String version, String backend, WeightStore weights) {}
