package dev.graft.importers.keras.container;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.function.Supplier;

/**
 * An array of a file, of which the numbers are read when they are asked for.
 *
 * @param name where it lies, for messages and for whoever writes it back
 * @param shape its sizes
 * @param contents reads it, as float32
 */
public record StoredArray(String name, Shape shape, Supplier<float[]> contents) {

  /**
   * The array in memory.
   *
   * @throws dev.graft.importers.ImportException if it cannot be read
   */
  public Tensor read() {
    return Tensor.of(shape, contents.get());
  }
}
