package dev.graft.core.tensor;

import dev.graft.core.GraftException;

/**
 * A number was asked for where a size is still open. Whoever infers shapes before they are bound
 * takes it as "cannot be told yet".
 */
public final class OpenSizeException extends GraftException {

  private static final long serialVersionUID = 1L;

  public OpenSizeException(String message) {
    super(message);
  }
}
