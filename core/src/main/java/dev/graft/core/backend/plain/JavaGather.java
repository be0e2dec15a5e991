package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/** Slices looked up along an axis, and sums of what comes back to them. */
final class JavaGather {

  /** Elements that are worth a thread. */
  private static final int CHUNK = 1 << 14;

  /** Elements of a slice that are summed together: some lines of the cache. */
  private static final int COLUMNS = 64;

  private JavaGather() {}

  /** {@code y[o, j, i] = x[o, indices[j], i]}, slices shared out among the threads. */
  static void gather(
      Workers workers, int outer, int n, int inner, int[] indices, HostBuffer x, HostBuffer y) {
    int count = indices.length;
    int slices = outer * count;
    int each = Math.max(1, CHUNK / Math.max(1, inner));
    workers.forEach(
        (slices + each - 1) / each,
        chunk -> {
          int end = Math.min(slices, (chunk + 1) * each);
          for (int slice = chunk * each; slice < end; slice++) {
            int from = (slice / count * n + indices[slice % count]) * inner;
            System.arraycopy(
                x.array(), x.offset() + from, y.array(), y.offset() + slice * inner, inner);
          }
        });
  }

  /**
   * Adds the slices of dy to those of dx, which are zero. Each thread has some columns of all
   * slices: no two meet in one element, and its sum has the order of the indices.
   */
  static void scatterAdd(
      Workers workers, int outer, int n, int inner, int[] indices, HostBuffer dy, HostBuffer dx) {
    int blocks = (inner + COLUMNS - 1) / COLUMNS;
    workers.forEach(
        outer * blocks,
        chunk -> {
          int o = chunk / blocks;
          int first = chunk % blocks * COLUMNS;
          int columns = Math.min(COLUMNS, inner - first);
          int from = dy.offset() + o * indices.length * inner + first;
          int to = dx.offset() + o * n * inner + first;
          for (int index : indices) {
            add(columns, dy.array(), from, dx.array(), to + index * inner);
            from += inner;
          }
        });
  }

  private static void add(int count, float[] x, int from, float[] y, int to) {
    for (int i = 0; i < count; i++) {
      y[to + i] += x[from + i];
    }
  }
}
