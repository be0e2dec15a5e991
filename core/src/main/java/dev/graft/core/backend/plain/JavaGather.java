package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/** Slices looked up along an axis, and sums of what comes back to them. */
final class JavaGather {

  /** Elements that are worth a thread. */
  private static final int CHUNK = 1 << 14;

  /** The most parts of dx: each looks through all indices for its own. */
  private static final int PARTS = 16;

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
   * {@code dx[o, indices[j], i] += dy[o, j, i]} from zero. Each thread has some slices of dx as a
   * whole: no two meet in one element, and its sum has the order of the indices.
   */
  static void scatterAdd(
      Workers workers, int outer, int n, int inner, int[] indices, HostBuffer dy, HostBuffer dx) {
    int parts = (int) Math.min(PARTS, ((long) n * inner + CHUNK - 1) / CHUNK);
    workers.forEach(
        outer * parts,
        chunk -> {
          int o = chunk / parts;
          int first = (int) ((long) n * (chunk % parts) / parts);
          int end = (int) ((long) n * (chunk % parts + 1) / parts);
          int from = dy.offset() + o * indices.length * inner;
          int to = dx.offset() + o * n * inner;
          Arrays.fill(dx.array(), to + first * inner, to + end * inner, 0f);
          for (int index : indices) {
            if (index >= first && index < end) {
              add(inner, dy.array(), from, dx.array(), to + index * inner);
            }
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
