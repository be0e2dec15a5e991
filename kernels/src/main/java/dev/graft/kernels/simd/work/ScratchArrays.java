package dev.graft.kernels.simd.work;

import dev.graft.core.backend.HostBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Working memory that outlives a call: a fresh array would be zeroed by the JVM, which costs more
 * than most kernels do with it. Lengths are rounded up to eighths of a power of two, so that few
 * arrays serve many shapes; there are as many of each as threads ever computed at once.
 *
 * <p>A large array also serves requests down to half its length, and when a larger one has to be
 * made, those that it can stand for go: the layers of a network differ in shape, and each would
 * keep megabytes of its own.
 */
public final class ScratchArrays {

  /** What stands where no array is lent or borrowed just now. */
  public static final float[] NONE = {};

  /** The same as a buffer. */
  public static final HostBuffer NO_BUFFER = HostBuffer.of(NONE);

  private static final int SMALLEST_BITS = 8;
  private static final int LARGEST_BITS = 30;

  /** Sizes between two powers of two, as a number of bits. */
  private static final int STEPS = 3;

  /** The least class of large arrays: 64 KiB. */
  private static final int LARGE = sizeClass(1 << 14);

  /** Guarded each by itself: a concurrent queue would allocate a node for every array. */
  private final List<ArrayDeque<float[]>> free = new ArrayList<>();

  public ScratchArrays() {
    for (int i = 0; i <= LARGEST_BITS - SMALLEST_BITS << STEPS; i++) {
      free.add(new ArrayDeque<>());
    }
  }

  /** An array of at least {@code length} elements with unspecified contents. */
  public float[] take(int length) {
    int sizeClass = sizeClass(length);
    float[] array = poll(sizeClass);
    int end = Math.min(free.size(), sizeClass + (1 << STEPS) + 1);
    for (int c = sizeClass + 1; array == null && sizeClass >= LARGE && c < end; c++) {
      array = poll(c);
    }
    if (array != null) {
      return array;
    }
    for (int c = Math.max(LARGE, sizeClass - (1 << STEPS)); c < sizeClass; c++) {
      ArrayDeque<float[]> smaller = free.get(c);
      synchronized (smaller) {
        smaller.clear();
      }
    }
    return new float[length(sizeClass)];
  }

  private float @Nullable [] poll(int sizeClass) {
    ArrayDeque<float[]> arrays = free.get(sizeClass);
    synchronized (arrays) {
      return arrays.poll();
    }
  }

  /** Gives an array back. One that was in use when a kernel threw is left to the collector. */
  public void give(float[] array) {
    ArrayDeque<float[]> arrays = free.get(sizeClass(array.length));
    synchronized (arrays) {
      arrays.push(array);
    }
  }

  /** The least class whose arrays have {@code length} elements. */
  private static int sizeClass(int length) {
    int last = Math.max(1 << SMALLEST_BITS, length) - 1;
    int bits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(last);
    int step = last >> bits - STEPS & (1 << STEPS) - 1;
    return (bits - SMALLEST_BITS << STEPS) + step + 1;
  }

  private static int length(int sizeClass) {
    int bits = SMALLEST_BITS + (sizeClass >> STEPS);
    return (1 << bits) + ((sizeClass & (1 << STEPS) - 1) << bits - STEPS);
  }
}
