package dev.graft.core.backend;

import java.util.Objects;
import java.util.function.DoublePredicate;

/**
 * Host memory that is only read from now on, such as a model's weights: there is no way to its
 * array. A backend that computes in host memory is lent it for kernels that read.
 */
public final class SealedBuffer implements Buffer {

  private final HostBuffer memory;

  private SealedBuffer(HostBuffer memory) {
    this.memory = memory;
  }

  /** Of this memory, which its owner writes no more. */
  public static SealedBuffer of(HostBuffer memory) {
    return new SealedBuffer(memory);
  }

  @Override
  public int length() {
    return memory.length();
  }

  @Override
  public SealedBuffer slice(int offset, int length) {
    return new SealedBuffer(memory.slice(offset, length));
  }

  /** The memory for kernels to read, or a copy on the device: see {@link Backend#readOnly}. */
  public Buffer lend(Backend backend) {
    return backend.readOnly(memory);
  }

  /** Copies the first {@code count} elements to {@code target}, which lies on {@code backend}. */
  public void upload(Backend backend, int count, Buffer target) {
    Objects.checkFromIndexSize(0, count, length());
    backend.upload(memory.array(), memory.offset(), count, target);
  }

  /** Copies the first {@code count} elements to {@code target[at…]}. */
  public void read(int count, float[] target, int at) {
    Objects.checkFromIndexSize(0, count, length());
    System.arraycopy(memory.array(), memory.offset(), target, at, count);
  }

  /** Whether the first {@code count} elements all pass. */
  public boolean allMatch(int count, DoublePredicate predicate) {
    Objects.checkFromIndexSize(0, count, length());
    float[] array = memory.array();
    int end = memory.offset() + count;
    for (int i = memory.offset(); i < end; i++) {
      if (!predicate.test(array[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether both are the same elements of the same array. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SealedBuffer sealed && sealed.memory.equals(memory);
  }

  @Override
  public int hashCode() {
    return memory.hashCode();
  }
}
