package dev.graft.kernels.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Working memory that outlives a call: a fresh array would be zeroed by the JVM, which costs more
 * than most kernels do with it. Lengths are rounded up to powers of two, so that few arrays serve
 * many shapes; there are as many of each as threads ever computed at once.
 */
final class ScratchArrays {

  private static final int SMALLEST_BITS = 8;
  private static final int LARGEST_BITS = 30;

  private final List<ConcurrentLinkedQueue<float[]>> free = new ArrayList<>();

  ScratchArrays() {
    for (int bits = SMALLEST_BITS; bits <= LARGEST_BITS; bits++) {
      free.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** An array of at least {@code length} elements with unspecified contents. */
  float[] take(int length) {
    int bits = bits(length);
    float[] array = free.get(bits - SMALLEST_BITS).poll();
    return array != null ? array : new float[1 << bits];
  }

  /** Gives an array back. One that was in use when a kernel threw is left to the collector. */
  void give(float[] array) {
    free.get(bits(array.length) - SMALLEST_BITS).add(array);
  }

  private static int bits(int length) {
    return Math.max(
        SMALLEST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, length) - 1));
  }
}
