package dev.graft.core.backend;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** What the Java heap still holds. */
final class HostMemory {

  /** One part in so many is left alone, for batches that are being read and for young garbage. */
  private static final int RESERVE = 16;

  private HostMemory() {}

  /**
   * Bytes of large, long-lived arrays that the heap can still take. What is used includes garbage,
   * so a figure below {@code wanted} is taken again after a collection.
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
    long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      // Where old objects have a part of the heap to themselves, as with the parallel collector,
      // large arrays have to fit into that part. Only pools of old objects know a threshold.
      if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
        MemoryUsage usage = pool.getUsage();
        free = usage.getMax() < 0 ? free : Math.min(free, usage.getMax() - usage.getUsed());
      }
    }
    return Math.max(0, free - runtime.maxMemory() / RESERVE);
  }
}
