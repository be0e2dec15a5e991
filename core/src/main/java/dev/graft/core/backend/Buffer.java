package dev.graft.core.backend;

/**
 * Opaque storage for a run of floating-point elements on one backend: a piece of memory and an
 * offset into it. Only the backend that allocated a buffer can look inside.
 */
public interface Buffer {

  /** Number of elements that can be addressed through this buffer. */
  int length();

  /**
   * A view of {@code length} elements starting at {@code offset}; it shares storage with this
   * buffer.
   *
   * @throws IndexOutOfBoundsException if the range does not lie within this buffer
   */
  Buffer slice(int offset, int length);
}
