package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;

/** Runs a reader on a hostile file within bounds of memory and time. */
public final class Bounded {

  /** What reading a file of kilobytes may allocate, garbage included: less than a small heap. */
  private static final long MOST_BYTES = 64L << 20;

  /**
   * A thousand times what such a file takes; of the thread's own, whatever else the machine does.
   */
  private static final long MOST_NANOSECONDS = 5_000_000_000L;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Bounded() {}

  /**
   * Runs {@code reader}; anything but success or an {@link ImportException} of one line that starts
   * with {@code file} fails.
   */
  public static void run(String what, String file, Runnable reader) {
    run(what, file, reader, false);
  }

  /** As {@link #run(String, String, Runnable)}; passes the exception on where {@code strict}. */
  static void run(String what, String file, Runnable reader, boolean strict) {
    long start = THREADS.getCurrentThreadCpuTime();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.run();
    } catch (ImportException e) {
      assertThat(e.getMessage()).as(what).doesNotContain("\n", "\r").startsWith(file);
      assertThat(e.getMessage()).as(what).hasSizeLessThan(4000);
      if (strict) {
        throw e;
      }
    } catch (Throwable e) {
      throw new AssertionError(what + " led to " + e, e);
    } finally {
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as(what + ": bytes allocated").isLessThan(MOST_BYTES);
      assertThat(THREADS.getCurrentThreadCpuTime() - start)
          .as(what + ": ns")
          .isLessThan(MOST_NANOSECONDS);
    }
  }
}
