package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import java.util.Locale;

/** Memory that is asked for as a whole before work begins, or refused in one line. */
public final class Memory {

  private Memory() {}

  /**
   * Takes memory. Whether it is free is known only when it is asked for: much of what a heap holds
   * may be garbage.
   *
   * @param bytes that {@code taker} allocates
   * @param what they are for, such as {@code the optimizer}
   * @param remedy if they cannot be had
   * @throws MemoryException if there are fewer
   */
  public static void take(Backend backend, long bytes, String what, String remedy, Runnable taker) {
    if (backend.availableBytes(bytes) < bytes) {
      throw refusal(backend, bytes, backend.availableBytes(bytes), what, remedy);
    }
    try {
      taker.run();
    } catch (OutOfMemoryError e) {
      throw refusal(backend, bytes, Math.min(bytes - 1, free(backend, bytes)), what, remedy);
    }
  }

  private static MemoryException refusal(
      Backend backend, long bytes, long free, String what, String remedy) {
    return new MemoryException(
        what + " " + problem(backend, bytes, free) + "; " + remedy, backend.onHeap());
  }

  /** What is said of memory that is not there. */
  static String problem(Backend backend, long needed, long available) {
    String where = backend.onHeap() ? "" : " on the device";
    return "needs " + size(needed) + ", " + size(available) + " are free" + where;
  }

  /** What is free when an allocation has failed: the heap was collected for it, so it tells. */
  static long free(Backend backend, long wanted) {
    Runtime runtime = Runtime.getRuntime();
    return backend.onHeap()
        ? runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory())
        : backend.availableBytes(wanted);
  }

  private static String size(long bytes) {
    double mebibytes = bytes / 1024.0 / 1024.0;
    return mebibytes < 1024
        ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
        : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
  }
}
