package dev.graft.core.session;

import dev.graft.core.GraftException;

/** All sessions of a pool stayed in use for as long as the caller would wait. */
public final class BusyException extends GraftException {

  private static final long serialVersionUID = 1L;

  BusyException(String message) {
    super(message);
  }
}
