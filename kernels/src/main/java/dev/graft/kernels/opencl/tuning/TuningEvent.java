package dev.graft.kernels.opencl.tuning;

/** What {@link Tuner} has to say on its way; kinds are {@code large} and {@code small} results. */
public sealed interface TuningEvent {

  /**
   * A kind of results begins.
   *
   * @param candidates how many tiles are tried
   * @param units how far {@link Progress} goes
   */
  record Started(String kind, int candidates, int units) implements TuningEvent {}

  /** So many units of the kind are done, those of skipped tiles among them. */
  record Progress(int done) implements TuningEvent {}

  /**
   * A tile that does not build or run here: it wants more registers or local memory than there are,
   * or the driver's compiler cannot cope with it.
   *
   * @param cause what the driver said
   */
  record Skipped(String kind, String tile, Throwable cause) implements TuningEvent {}

  /**
   * A kind of results has its tile.
   *
   * @param measured how many tiles ran
   * @param tile the fastest, or the one in use where that is as fast within 2 %
   * @param before GFLOP/s with the tile that backends took until now, the geometric mean over a
   *     matrix product and a convolution; NaN where that tile does not run
   * @param after GFLOP/s with {@code tile}, from the same rounds
   */
  record Ended(String kind, int measured, String tile, double before, double after)
      implements TuningEvent {}
}
