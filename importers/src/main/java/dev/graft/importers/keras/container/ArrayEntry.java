package dev.graft.importers.keras.container;

import dev.graft.core.tensor.Shape;

/**
 * An array on its way into a file.
 *
 * @param name below the group of its layer, such as {@code conv1/kernel:0}, or its whole path
 * @param values in row-major order
 */
public record ArrayEntry(String name, Shape shape, float[] values) {}
