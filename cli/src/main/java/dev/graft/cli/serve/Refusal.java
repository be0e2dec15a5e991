package dev.graft.cli.serve;

/** A request that is answered with an error: a status of HTTP, and a line for people. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  Refusal(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
