package dev.graft.core.backend;

/** A backend cannot do what it was asked: no such backend, no memory, a device lost. */
public class BackendException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
