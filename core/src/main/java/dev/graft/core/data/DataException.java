package dev.graft.core.data;

import dev.graft.core.GraftException;

/** Data that cannot be trained on; the message says where, what was expected and what was found. */
public final class DataException extends GraftException {

  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
