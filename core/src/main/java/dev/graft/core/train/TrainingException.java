package dev.graft.core.train;

/** Training cannot go on: the loss is not a number, or there is nothing to train. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }
}
