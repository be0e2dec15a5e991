package dev.graft.core;

/**
 * What all exceptions of Graft extend: a file, a picture, a shape, a device or a run that is not as
 * it has to be. The message is written for people: where, what was expected, what was found and
 * what to do.
 *
 * <p>Not among them are mistakes of the calling code, {@link IllegalArgumentException} and {@link
 * IllegalStateException}, and {@link OutOfMemoryError}.
 */
public abstract class GraftException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  protected GraftException(String message) {
    super(message);
  }

  protected GraftException(String message, Throwable cause) {
    super(message, cause);
  }
}
