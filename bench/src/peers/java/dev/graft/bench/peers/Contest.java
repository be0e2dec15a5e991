package dev.graft.bench.peers;

import java.util.Arrays;
import java.util.List;

/**
 * Times contenders in turn: a block of runs each, over and over, so that a busy spell of the
 * machine meets all of them. Between blocks it waits until threads that spin for work have gone to
 * sleep.
 */
final class Contest {

  /**
   * Spinning threads of OpenMP and ONNX Runtime give up within milliseconds, OpenBLAS's much later.
   */
  private static final int PAUSE_MILLIS = 250;

  /** Warm-up ends when the best of the last runs no longer improves by more than this. */
  private static final double STEADY = 0.97;

  /** Fewer runs leave parts of a training step to the interpreter, however long they take. */
  private static final int LEAST_RUNS = 20;

  private final Pace pace;

  Contest(Pace pace) {
    this.pace = pace;
  }

  /**
   * @return median seconds of one run, for each contender
   */
  double[] seconds(List<Contender> contenders) {
    int[] runs = new int[contenders.size()];
    for (int i = 0; i < runs.length; i++) {
      double warm = warmUp(contenders.get(i));
      runs[i] = (int) Math.max(1, Math.min(1_000_000, Math.round(pace.blockSeconds() / warm)));
    }
    double[][] times = new double[runs.length][pace.rounds()];
    for (int round = 0; round < pace.rounds(); round++) {
      for (int i = 0; i < runs.length; i++) {
        rest();
        times[i][round] = block(contenders.get(i), runs[i]);
      }
    }
    return Arrays.stream(times).mapToDouble(Contest::median).toArray();
  }

  /** Runs until the JIT has nothing left to improve; returns the time of a run at the end. */
  private double warmUp(Contender contender) {
    rest();
    long start = System.nanoTime();
    double best = Double.POSITIVE_INFINITY;
    double before = 0;
    int runs = 0;
    while (true) {
      int chunk = chunk(contender, pace.warmUpSeconds() / 4);
      double elapsed = (System.nanoTime() - start) / 1e9;
      double seconds = (elapsed - before) / chunk;
      before = elapsed;
      runs += chunk;
      boolean steady = seconds > best * STEADY && runs >= LEAST_RUNS;
      best = Math.min(best, seconds);
      boolean done = steady || elapsed >= pace.patience() * pace.warmUpSeconds();
      if (runs > chunk && elapsed >= pace.warmUpSeconds() && done) {
        return best;
      }
    }
  }

  /** Runs for at least that long; the number of runs. */
  private static int chunk(Contender contender, double atLeast) {
    long start = System.nanoTime();
    int done = 0;
    do {
      contender.run();
      done++;
    } while ((System.nanoTime() - start) / 1e9 < atLeast);
    return done;
  }

  private static double block(Contender contender, int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      contender.run();
    }
    return (System.nanoTime() - start) / 1e9 / runs;
  }

  private static void rest() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
