package dev.graft.core.graph;

import dev.graft.core.GraftException;

/** A graph that does not hang together, or surgery that does not apply to it. */
public final class GraphException extends GraftException {

  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(message);
  }
}
