package dev.graft.core.tensor;

import dev.graft.core.GraftException;

/**
 * Shapes that do not fit together. The message says what was expected, what was found and what to
 * do; whoever knows the layer's name puts it in front.
 */
public final class ShapeException extends GraftException {

  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }

  /** The same problem, located: {@code where: message}. */
  public ShapeException at(String where) {
    ShapeException located = new ShapeException(where + ": " + getMessage());
    located.initCause(this);
    return located;
  }
}
