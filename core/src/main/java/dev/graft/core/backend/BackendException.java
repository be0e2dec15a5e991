package dev.graft.core.backend;

import dev.graft.core.GraftException;

/** A backend cannot do what it was asked: no such backend, no memory, a device lost. */
public class BackendException extends GraftException {

  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
