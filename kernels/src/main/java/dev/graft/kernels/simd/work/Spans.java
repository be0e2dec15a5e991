package dev.graft.kernels.simd.work;

import dev.graft.core.backend.Workers;

/** Cuts a dense range of elements into parts for several threads, by its length alone. */
public final class Spans {

  /** Elements in one part: 128 KiB, a share that is worth waking a thread for. */
  public static final int CHUNK = 1 << 15;

  private Spans() {}

  public static void forEach(Workers workers, int n, Workers.Span span) {
    workers.forSpans(n, CHUNK, span);
  }

  /**
   * Cuts {@code rows} rows of {@code each} elements, so that a part has about {@link #CHUNK}
   * elements.
   */
  public static void forRows(Workers workers, int rows, long each, Workers.Span span) {
    workers.forSpans(rows, (int) Math.max(1, CHUNK / Math.max(1, each)), span);
  }

  /** {@code n / size}, rounded up. */
  public static int ceil(int n, int size) {
    return (int) ((n + (long) size - 1) / size);
  }
}
