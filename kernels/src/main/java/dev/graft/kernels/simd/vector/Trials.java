package dev.graft.kernels.simd.vector;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs the vectors of kernels until C2 has compiled them, and tells their {@link KernelForm} when
 * they are faster than the plain loop; one after the other, on one daemon thread that ends with the
 * last of them.
 */
final class Trials {

  private static final System.Logger LOG = System.getLogger(Trials.class.getName());

  /** Runs of each form between two looks at the clock. */
  private static final int RUNS = 16;

  /** Rounds in a row that the vectors must win: a single one may have been a matter of luck. */
  private static final int WINS = 3;

  /** By then a kernel is compiled, or will never be. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final Set<KernelForm> SEEN = new LinkedHashSet<>();
  private static final Set<KernelForm> WAITING = new LinkedHashSet<>();
  private static @Nullable Thread thread;

  private Trials() {}

  /** Puts a kernel in the queue, unless it was there before. */
  static synchronized void add(KernelForm form) {
    if (SEEN.add(form)) {
      WAITING.add(form);
      if (thread == null) {
        thread = new Thread(Trials::runAll, "graft-trials");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static synchronized @Nullable KernelForm next() {
    if (WAITING.isEmpty()) {
      thread = null;
      return null;
    }
    KernelForm form = WAITING.iterator().next();
    WAITING.remove(form);
    return form;
  }

  private static void runAll() {
    for (KernelForm form = next(); form != null; form = next()) {
      long start = System.nanoTime();
      boolean won = wins(form.trial(), start + PATIENCE_NANOS);
      if (won) {
        form.takeVectors();
      }
      LOG.log(
          System.Logger.Level.DEBUG,
          "{0} {1} after {2} ms",
          form.name(),
          won ? "takes its vectors" : "stays plain: its vectors are no faster",
          (System.nanoTime() - start) / 1_000_000);
    }
  }

  /** Whether the vectors came to be faster before {@code deadline}. */
  static boolean wins(KernelForm.Trial trial, long deadline) {
    int wins = 0;
    while (wins < WINS) {
      long start = System.nanoTime();
      run(trial, true);
      long middle = System.nanoTime();
      run(trial, false);
      long end = System.nanoTime();
      wins = middle - start < end - middle ? wins + 1 : 0;
      if (wins == 0 && end > deadline) {
        return false;
      }
    }
    return true;
  }

  private static void run(KernelForm.Trial trial, boolean vector) {
    for (int i = 0; i < RUNS; i++) {
      trial.run(vector);
    }
  }
}
