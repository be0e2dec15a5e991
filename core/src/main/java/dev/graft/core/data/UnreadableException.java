package dev.graft.core.data;

import dev.graft.core.GraftException;

/**
 * One item of a data set that cannot be read; the others are not affected. The message is one line
 * that continues the item's name: {@code is truncated}.
 */
public final class UnreadableException extends GraftException {

  private static final long serialVersionUID = 1L;

  public UnreadableException(String message) {
    super(message);
  }

  public UnreadableException(String message, Throwable cause) {
    super(message, cause);
  }
}
