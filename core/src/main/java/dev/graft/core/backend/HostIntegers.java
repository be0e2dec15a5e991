package dev.graft.core.backend;

import java.util.Objects;

/**
 * A run of whole numbers in a Java array: shapes, positions, token ids, and truth values as 0 and
 * 1. No kernel computes with them; those that look elements up are given positions as {@code int}s.
 *
 * @param array the backing array, shared, not copied
 * @param offset index of the first element
 * @param length number of elements
 */
public record HostIntegers(long[] array, int offset, int length) implements Buffer {

  public HostIntegers {
    Objects.checkFromIndexSize(offset, length, array.length);
  }

  /** The whole of {@code array}. */
  public static HostIntegers of(long[] array) {
    return new HostIntegers(array, 0, array.length);
  }

  @Override
  public HostIntegers slice(int offset, int length) {
    Objects.checkFromIndexSize(offset, length, this.length);
    return new HostIntegers(array, this.offset + offset, length);
  }
}
