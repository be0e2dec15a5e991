package dev.graft.bench.peers;

/** One engine made ready for one piece of work. */
interface Contender extends AutoCloseable {

  /** Name under which Graft's own figures run. */
  String GRAFT = "graft";

  /** Who it is: {@link #GRAFT} or a {@code peerName}. */
  String name();

  /** Does the work once. */
  void run();

  /**
   * Does the work once and returns what shows that it was done right: an output, or losses. Called
   * before anything is timed.
   */
  float[] proof();

  @Override
  void close();
}
