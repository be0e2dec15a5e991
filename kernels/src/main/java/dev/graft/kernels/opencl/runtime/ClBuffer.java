package dev.graft.kernels.opencl.runtime;

import dev.graft.core.backend.Buffer;
import java.util.Objects;

/**
 * A run of floats in the device's memory. A slice is the same memory object with another offset,
 * which kernels add to their indices: {@code clCreateSubBuffer} would want offsets aligned as the
 * device likes them.
 *
 * @param storage the memory object
 * @param offset index of the first element
 * @param length number of elements
 */
public record ClBuffer(DeviceMemory.Storage storage, int offset, int length) implements Buffer {

  @Override
  public ClBuffer slice(int offset, int length) {
    Objects.checkFromIndexSize(offset, length, this.length);
    return new ClBuffer(storage, this.offset + offset, length);
  }
}
