package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;

/** Cuts a dense range of elements into parts for several threads, by its length alone. */
final class Spans {

  /** Elements in one part: 128 KiB, a share that is worth waking a thread for. */
  static final int CHUNK = 1 << 15;

  private Spans() {}

  /** Works on the elements {@code from … from + count - 1}. */
  @FunctionalInterface
  interface Span {
    void run(int from, int count);
  }

  static void forEach(Workers workers, int n, Span span) {
    workers.forEach(
        ceil(n, CHUNK),
        chunk -> {
          int from = chunk * CHUNK;
          span.run(from, Math.min(CHUNK, n - from));
        });
  }

  /**
   * Cuts {@code rows} rows of {@code each} elements, so that a part has about {@link #CHUNK}
   * elements.
   */
  static void forRows(Workers workers, int rows, long each, Span span) {
    int perChunk = (int) Math.max(1, CHUNK / Math.max(1, each));
    workers.forEach(
        ceil(rows, perChunk),
        chunk -> {
          int from = chunk * perChunk;
          span.run(from, Math.min(perChunk, rows - from));
        });
  }

  /** {@code n / size}, rounded up. */
  static int ceil(int n, int size) {
    return (int) ((n + (long) size - 1) / size);
  }
}
