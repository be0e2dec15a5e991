package dev.graft.core.data;

/** One item of a data set that cannot be read; the others are not affected. */
public final class UnreadableException extends Exception {

  private static final long serialVersionUID = 1L;

  public UnreadableException(String message) {
    super(message);
  }

  public UnreadableException(String message, Throwable cause) {
    super(message, cause);
  }
}
