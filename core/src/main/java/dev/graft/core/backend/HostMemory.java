package dev.graft.core.backend;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/**
 * What the Java heap can hold. How much of it is free is not asked: what is used includes garbage,
 * and only a collection, which a library must not force on its host, tells how much.
 */
final class HostMemory {

  /** One part in so many is left alone, for batches that are being read and for young garbage. */
  private static final int RESERVE = 16;

  private HostMemory() {}

  /** Bytes of large, long-lived arrays that the heap can take if nothing else is in it. */
  static long largest() {
    long most = Runtime.getRuntime().maxMemory();
    long reserve = most / RESERVE;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      // Where old objects have a part of the heap to themselves, as with the parallel collector,
      // large arrays have to fit into that part. Only pools of old objects know a threshold.
      if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
        long old = pool.getUsage().getMax();
        most = old < 0 ? most : Math.min(most, old);
      }
    }
    return Math.max(0, most - reserve);
  }
}
