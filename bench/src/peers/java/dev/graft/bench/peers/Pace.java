package dev.graft.bench.peers;

/**
 * How long to measure.
 *
 * @param rounds of which the median is taken
 * @param blockSeconds least time of a contender's turn in a round
 * @param warmUpSeconds least time before the first round
 */
record Pace(int rounds, double blockSeconds, double warmUpSeconds) {

  /** All of it within minutes. */
  static final Pace QUICK = new Pace(5, 0.2, 1);

  static final Pace FULL = new Pace(9, 1, 4);
}
