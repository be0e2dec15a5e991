package dev.graft.core.graph;

/** A graph that does not hang together, or surgery that does not apply to it. */
public final class GraphException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public GraphException(String message) {
    super(message);
  }
}
