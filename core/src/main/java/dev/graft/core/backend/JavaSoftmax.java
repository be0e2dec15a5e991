package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * Softmax and its relatives along the middle axis of {@code [outer, n, inner]}, one line at a time
 * in working rows.
 */
final class JavaSoftmax {

  private JavaSoftmax() {}

  /** Works on one line: {@code rows[0]} and {@code rows[1]} in, {@code rows[0]} out. */
  @FunctionalInterface
  interface Line {
    void run(float[][] rows, int n);
  }

  /**
   * Runs {@code line} on every line of x (and of second, where there is one), and writes what it
   * leaves to y.
   */
  static void run(
      Workers workers,
      Scratch.Pool pool,
      int outer,
      int n,
      int inner,
      HostBuffer x,
      @Nullable HostBuffer second,
      Line line,
      HostBuffer y) {
    int lines = outer * inner;
    if (lines == 0 || n == 0) {
      return;
    }
    int perChunk = Math.max(1, JavaElementwise.CHUNK / 8 / n);
    workers.forEach(
        RowProducts.ceil(lines, perChunk),
        chunk -> {
          Scratch scratch = pool.take();
          float[][] rows = n <= Scratch.TILE ? scratch.tiles : new float[5][n];
          int last = Math.min(lines, (chunk + 1) * perChunk);
          for (int number = chunk * perChunk; number < last; number++) {
            int from = number / inner * n * inner + number % inner;
            read(x, from, n, inner, rows[0]);
            if (second != null) {
              read(second, from, n, inner, rows[1]);
            }
            line.run(rows, n);
            write(rows[0], y, from, n, inner);
          }
          pool.give(scratch);
        });
  }

  private static void read(HostBuffer x, int from, int n, int step, float[] row) {
    int at = x.offset() + from;
    if (step == 1) {
      System.arraycopy(x.array(), at, row, 0, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      row[j] = x.array()[at + j * step];
    }
  }

  private static void write(float[] row, HostBuffer y, int from, int n, int step) {
    int at = y.offset() + from;
    if (step == 1) {
      System.arraycopy(row, 0, y.array(), at, n);
      return;
    }
    for (int j = 0; j < n; j++) {
      y.array()[at + j * step] = row[j];
    }
  }

  /** {@code x = exp(x - max) / Σ exp(x - max)}. */
  static void softmax(float[][] rows, int n) {
    float[] x = rows[0];
    subtract(x, Lanes.max(x, n), n);
    FastMath.exp(x, x, rows[2], rows[3], n);
    System.arraycopy(x, 0, rows[2], 0, n);
    float sum = Lanes.sum(rows[2], n);
    for (int j = 0; j < n; j++) {
      x[j] /= sum;
    }
  }

  /** {@code x = x - max - log Σ exp(x - max)}. */
  static void logSoftmax(float[][] rows, int n) {
    float[] x = rows[0];
    subtract(x, Lanes.max(x, n), n);
    FastMath.exp(x, rows[4], rows[2], rows[3], n);
    subtract(x, FastMath.log(Lanes.sum(rows[4], n)), n);
  }

  /** {@code rows[0] = y}, {@code rows[1] = dy}: {@code y (dy - Σ dy y)}. */
  static void softmaxGradient(float[][] rows, int n) {
    float[] y = rows[0];
    float[] dy = rows[1];
    float[] products = rows[2];
    for (int j = 0; j < n; j++) {
      products[j] = y[j] * dy[j];
    }
    float dot = Lanes.sum(products, n);
    for (int j = 0; j < n; j++) {
      y[j] *= dy[j] - dot;
    }
  }

  /** {@code rows[0] = y}, {@code rows[1] = dy}: {@code dy - exp(y) Σ dy}. */
  static void logSoftmaxGradient(float[][] rows, int n) {
    float[] y = rows[0];
    float[] dy = rows[1];
    FastMath.exp(y, y, rows[2], rows[3], n);
    System.arraycopy(dy, 0, rows[2], 0, n);
    float sum = -Lanes.sum(rows[2], n);
    for (int j = 0; j < n; j++) {
      y[j] = Math.fma(sum, y[j], dy[j]);
    }
  }

  private static void subtract(float[] x, float value, int n) {
    for (int j = 0; j < n; j++) {
      x[j] -= value;
    }
  }
}
