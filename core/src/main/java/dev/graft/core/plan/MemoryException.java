package dev.graft.core.plan;

/** A batch does not fit into memory; the message says what it needs, what is free and what fits. */
public final class MemoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MemoryException(String message) {
    super(message);
  }
}
