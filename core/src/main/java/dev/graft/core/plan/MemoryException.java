package dev.graft.core.plan;

import dev.graft.core.GraftException;

/** A batch does not fit into memory; the message says what it needs, what is free and what fits. */
public final class MemoryException extends GraftException {

  private static final long serialVersionUID = 1L;

  private final boolean onHeap;

  /**
   * @param onHeap whether it is the Java heap that is too small
   */
  MemoryException(String message, boolean onHeap) {
    super(message);
    this.onHeap = onHeap;
  }

  /** Whether it is the Java heap that is too small, rather than a device's own memory. */
  public boolean isOnHeap() {
    return onHeap;
  }
}
