package dev.graft.bench.peers;

/**
 * How long to measure.
 *
 * @param rounds of which the median is taken
 * @param blockSeconds least time of a contender's turn in a round
 * @param warmUpSeconds least time before the first round
 * @param patience how many times that it may take until times are steady
 */
record Pace(int rounds, double blockSeconds, double warmUpSeconds, double patience) {

  static final Pace FULL = new Pace(9, 1, 4, 3);

  /** All of it within minutes. */
  static final Pace QUICK = new Pace(5, 0.3, 1.5, 4);

  /** What is left of a quick run that a busy machine has held up. */
  static final Pace HURRIED = new Pace(5, 0.05, 0.1, 1);

  private static final double HELD_UP_SECONDS = 400;

  /** The pace at a time since the start. */
  static Pace of(boolean quick, double elapsedSeconds) {
    return !quick ? FULL : elapsedSeconds < HELD_UP_SECONDS ? QUICK : HURRIED;
  }
}
