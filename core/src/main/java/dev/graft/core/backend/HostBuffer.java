package dev.graft.core.backend;

import dev.graft.core.backend.plain.JavaBackend;
import java.util.Objects;

/**
 * A run of floats in a Java array: the storage of {@link JavaBackend} and of a model's weights.
 *
 * @param array the backing array, shared, not copied
 * @param offset index of the first element
 * @param length number of elements
 */
public record HostBuffer(float[] array, int offset, int length) implements Buffer {

  public HostBuffer {
    Objects.checkFromIndexSize(offset, length, array.length);
  }

  /** The whole of {@code array}. */
  public static HostBuffer of(float[] array) {
    return new HostBuffer(array, 0, array.length);
  }

  @Override
  public HostBuffer slice(int offset, int length) {
    Objects.checkFromIndexSize(offset, length, this.length);
    return new HostBuffer(array, this.offset + offset, length);
  }
}
