package dev.graft.core.backend;

/** What the Java heap still holds. */
final class HostMemory {

  private HostMemory() {}

  /**
   * Bytes that the heap can still give. What is used includes garbage, so a figure below {@code
   * wanted} is taken again after a collection.
   */
  static long available(long wanted) {
    long free = free();
    if (free < wanted) {
      System.gc();
      free = free();
    }
    return free;
  }

  private static long free() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
  }
}
