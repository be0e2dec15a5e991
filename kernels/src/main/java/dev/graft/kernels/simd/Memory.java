package dev.graft.kernels.simd;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Working memory that kernels borrow, so that a steady state allocates nothing: arrays with a power
 * of two of elements, kept for the next borrower.
 */
final class Memory {

  private static final int SMALLEST = 10;

  private final ConcurrentLinkedQueue<float[]>[] free = queues();

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic type
  private static ConcurrentLinkedQueue<float[]>[] queues() {
    ConcurrentLinkedQueue[] queues = new ConcurrentLinkedQueue[Integer.SIZE];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new ConcurrentLinkedQueue<>();
    }
    return queues;
  }

  private static int sizeClass(int length) {
    return Math.max(SMALLEST, Integer.SIZE - Integer.numberOfLeadingZeros(length - 1));
  }

  /** An array of at least {@code length} elements with unspecified contents. */
  float[] take(int length) {
    int sizeClass = sizeClass(Math.max(1, length));
    float[] array = free[sizeClass].poll();
    if (array != null) {
      return array;
    }
    return new float[sizeClass == Integer.SIZE - 1 ? length : 1 << sizeClass];
  }

  /** Gives an array back. One that was out when a kernel threw is left to the collector. */
  void give(float[] array) {
    free[sizeClass(array.length)].add(array);
  }
}
