package dev.graft.importers.keras.config;

/**
 * An output of a layer.
 *
 * @param layer its name
 * @param call which call of the layer, from 0
 * @param output which of its outputs, from 0
 */
public record TensorRef(String layer, int call, int output) {}
