package dev.graft.core.train;

import dev.graft.core.GraftException;

/** Training cannot go on: the loss is not a number, or there is nothing to train. */
public final class TrainingException extends GraftException {

  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
