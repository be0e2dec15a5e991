package dev.graft.bench.gpu;

import java.util.Arrays;

/**
 * Times calls that return before the device is done. Several are given in a row and waited for
 * together, as in a training step: one by one, the way to the device and back would be measured.
 * The peer's script does the same.
 */
final class Stopwatch {

  private static final int MOST_SAMPLES = 25;
  private static final int MOST_CALLS = 200;

  /**
   * How long to measure.
   *
   * @param warm seconds until a GPU's clock has risen and Java is compiled
   * @param sample seconds of a sample at least
   * @param all seconds of all samples at least, where {@value #MOST_SAMPLES} of them last that long
   * @param samples at least so many
   */
  record Effort(double warm, double sample, double all, int samples) {

    /** For figures; the peer's script makes the same. */
    static final Effort FULL = new Effort(0.3, 0.05, 1, 5);

    /** For a look whether it runs. */
    static final Effort LEAST = new Effort(0, 0, 0, 1);
  }

  private final Runnable finish;
  private final Effort effort;

  /**
   * @param finish waits until the device is done
   */
  Stopwatch(Runnable finish, Effort effort) {
    this.finish = finish;
    this.effort = effort;
  }

  /** Median seconds of a call. */
  double seconds(Runnable call) {
    int calls = calls(warm(call), effort.sample, MOST_CALLS);
    double[] samples = new double[MOST_SAMPLES];
    int n = 0;
    double all = 0;
    while (n < effort.samples || (all < effort.all && n < MOST_SAMPLES)) {
      double sample = run(call, calls);
      all += sample;
      samples[n++] = sample / calls;
    }
    double[] sorted = Arrays.copyOf(samples, n);
    Arrays.sort(sorted);
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** Calls until it is warm, at least twice; returns the seconds of the last call. */
  double warm(Runnable call) {
    double all = run(call, 1);
    double last;
    do {
      last = run(call, 1);
      all += last;
    } while (all < effort.warm);
    return last;
  }

  /** Seconds of so many calls, to the end of the last. */
  double run(Runnable call, int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    finish.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /** How many calls of that length fill a time, within bounds. */
  static int calls(double each, double time, int most) {
    return (int) Math.max(1, Math.min(most, Math.ceil(time / each)));
  }
}
