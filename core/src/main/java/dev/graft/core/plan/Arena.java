package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import java.util.Arrays;

/** The memory that the steps of a plan work in: a few large pieces, allocated once. */
final class Arena {

  /** Places start at multiples of so many elements: 64 bytes of floats, a cache line. */
  static final int ALIGNMENT = 16;

  private final Buffer[] chunks;

  /**
   * @param sizes elements of each chunk
   */
  Arena(Backend backend, int[] sizes) {
    chunks = new Buffer[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      chunks[i] = backend.allocate(sizes[i]);
    }
  }

  /** Whether a plan with chunks of these sizes can run in it. */
  boolean holds(int[] sizes) {
    boolean holds = sizes.length <= chunks.length;
    for (int i = 0; holds && i < sizes.length; i++) {
      holds = sizes[i] <= chunks[i].length();
    }
    return holds;
  }

  /** Sizes that hold what this arena holds, and a plan with chunks of these sizes. */
  int[] joined(int[] sizes) {
    int[] joined = Arrays.copyOf(sizes, Math.max(sizes.length, chunks.length));
    for (int i = 0; i < chunks.length; i++) {
      joined[i] = Math.max(joined[i], chunks[i].length());
    }
    return joined;
  }

  /** Bytes of chunks of these sizes. */
  static long bytes(Backend backend, int[] sizes) {
    return backend.elementBytes() * Arrays.stream(sizes).asLongStream().sum();
  }

  Buffer slice(int chunk, int offset, int length) {
    return chunks[chunk].slice(offset, length);
  }

  /** {@code elements} rounded up to whole lines. */
  static long aligned(long elements) {
    return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
