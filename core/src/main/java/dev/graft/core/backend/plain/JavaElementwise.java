package dev.graft.core.backend.plain;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * Element-wise kernels. Operands are copied into rows of their own, worked on there, and copied
 * back: buffers lie at different offsets of shared arrays, a form that C2 of JDK 17 does not
 * vectorise, and a copy within the level-1 cache costs less than a scalar loop.
 */
final class JavaElementwise {

  /** Elements in one parallel chunk: 128 KiB, a share that is worth waking a thread for. */
  static final int CHUNK = 1 << 15;

  private JavaElementwise() {}

  /** Works on the elements {@code from … from + width - 1}, at most {@link Scratch#TILE}. */
  @FunctionalInterface
  interface Tile {
    void run(int from, int width, float[][] rows);
  }

  /** Cuts n elements into tiles and runs them on the workers. */
  static void tiles(Workers workers, Scratch.Pool pool, int n, Tile tile) {
    if (n <= CHUNK) {
      workers.expectOpen();
      tiles(pool, 0, n, tile);
    } else {
      workers.forSpans(n, CHUNK, (first, count) -> tiles(pool, first, count, tile));
    }
  }

  private static void tiles(Scratch.Pool pool, int first, int count, Tile tile) {
    Scratch scratch = pool.take();
    int end = first + count;
    for (int from = first; from < end; from += Scratch.TILE) {
      tile.run(from, Math.min(Scratch.TILE, end - from), scratch.tiles);
    }
    pool.give(scratch);
  }

  static void load(HostBuffer x, int from, int width, float[] row) {
    System.arraycopy(x.array(), x.offset() + from, row, 0, width);
  }

  static void store(float[] row, HostBuffer y, int from, int width) {
    System.arraycopy(row, 0, y.array(), y.offset() + from, width);
  }

  static void unary(
      Workers workers,
      Scratch.Pool pool,
      UnaryOp op,
      float alpha,
      float beta,
      int n,
      HostBuffer x,
      HostBuffer y) {
    if (n <= CHUNK) {
      // The vectors of a normalisation: many calls, and nothing to share out.
      workers.expectOpen();
      Scratch scratch = pool.take();
      for (int from = 0; from < n; from += Scratch.TILE) {
        unaryTile(op, alpha, beta, x, y, from, Math.min(Scratch.TILE, n - from), scratch.tiles);
      }
      pool.give(scratch);
      return;
    }
    tiles(
        workers,
        pool,
        n,
        (from, width, rows) -> unaryTile(op, alpha, beta, x, y, from, width, rows));
  }

  private static void unaryTile(
      UnaryOp op,
      float alpha,
      float beta,
      HostBuffer x,
      HostBuffer y,
      int from,
      int width,
      float[][] rows) {
    load(x, from, width, rows[0]);
    unaryRow(op, alpha, beta, rows, width);
    store(rows[0], y, from, width);
  }

  private static void unaryRow(UnaryOp op, float alpha, float beta, float[][] rows, int n) {
    float[] x = rows[0];
    switch (op) {
      case AFFINE -> affine(x, alpha, beta, n);
      case RELU -> relu(x, n);
      case LEAKY_RELU -> leakyRelu(x, alpha, n);
      case CLIP -> clip(x, alpha, beta, n);
      case SIGMOID -> FastMath.sigmoid(x, x, rows[1], rows[2], n);
      case TANH -> FastMath.tanh(x, x, rows[1], rows[2], n);
      case EXP -> FastMath.exp(x, x, rows[1], rows[2], n);
      case LOG -> log(x, n);
      case RSQRT -> rsqrt(x, alpha, n);
      default -> RowFormula.value(op, alpha, beta, rows, n);
    }
  }

  private static void affine(float[] x, float alpha, float beta, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.fma(alpha, x[j], beta);
    }
  }

  private static void relu(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.max(x[j], 0f);
    }
  }

  private static void leakyRelu(float[] x, float alpha, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.fma(alpha, Math.min(x[j], 0f), Math.max(x[j], 0f));
    }
  }

  private static void clip(float[] x, float low, float high, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = Math.min(Math.max(x[j], low), high);
    }
  }

  private static void log(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = FastMath.log(x[j]);
    }
  }

  private static void rsqrt(float[] x, float alpha, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = 1f / (float) Math.sqrt(x[j] + alpha);
    }
  }

  static void unaryGradient(
      Workers workers,
      Scratch.Pool pool,
      UnaryOp op,
      float alpha,
      float beta,
      int n,
      HostBuffer saved,
      HostBuffer dy,
      HostBuffer dx) {
    tiles(
        workers,
        pool,
        n,
        (from, width, rows) -> {
          if (op.savesInput() || op.savesOutput()) {
            load(saved, from, width, rows[1]);
          }
          load(dy, from, width, rows[0]);
          gradientRow(op, alpha, beta, rows, width);
          store(rows[0], dx, from, width);
        });
  }

  // A loop each in a method of its own: compiled together, they spoil each other's profile.
  private static void gradientRow(UnaryOp op, float alpha, float beta, float[][] rows, int n) {
    float[] dy = rows[RowFormula.FIRST];
    float[] s = rows[RowFormula.SECOND];
    switch (op) {
      case AFFINE -> affine(dy, alpha, 0f, n);
      case RELU -> reluGradient(s, dy, n);
      case LEAKY_RELU -> leakyReluGradient(s, dy, alpha, n);
      case CLIP -> clipGradient(s, dy, alpha, beta, n);
      case SIGMOID -> sigmoidGradient(s, dy, n);
      case TANH -> tanhGradient(s, dy, n);
      case EXP -> multiply(dy, s, n);
      case LOG -> divide(dy, s, n);
      case RSQRT -> rsqrtGradient(s, dy, n);
      default -> RowFormula.gradient(op, alpha, beta, rows, n);
    }
  }

  private static void reluGradient(float[] s, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] = choose(positive(s[j]), dy[j], 0f);
    }
  }

  private static void leakyReluGradient(float[] s, float[] dy, float alpha, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] = choose(positive(s[j]), dy[j], alpha * dy[j]);
    }
  }

  private static void clipGradient(float[] s, float[] dy, float low, float high, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] = choose(positive(s[j] - low) & positive(high - s[j]), dy[j], 0f);
    }
  }

  private static void sigmoidGradient(float[] s, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] *= s[j] * (1f - s[j]);
    }
  }

  private static void tanhGradient(float[] s, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] *= 1f - s[j] * s[j];
    }
  }

  private static void rsqrtGradient(float[] s, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dy[j] *= -0.5f * s[j] * s[j] * s[j];
    }
  }

  /**
   * All ones where {@code x > 0}, else 0 (also for NaN). A comparison of floats compiles to a jump,
   * which is mispredicted for every other activation; whole numbers need none.
   */
  static int positive(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (-bits & ~bits & (bits - 0x7F800001)) >> 31;
  }

  static float choose(int mask, float yes, float no) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(yes) & mask | Float.floatToRawIntBits(no) & ~mask);
  }

  static void binary(
      Workers workers,
      Scratch.Pool pool,
      BinaryOp op,
      int[] shape,
      HostBuffer a,
      int[] aStrides,
      HostBuffer b,
      int[] bStrides,
      HostBuffer y) {
    if (Strided.isDense(shape, aStrides) && Strided.isDense(shape, bStrides)) {
      dense(workers, pool, op, Strided.count(shape), a, b, y);
      return;
    }
    Strided box = new Strided(shape, aStrides, bStrides);
    tiles(
        workers,
        pool,
        box.count(),
        (from, width, rows) -> {
          box.gather(0, a.array(), a.offset(), from, width, rows[0]);
          box.gather(1, b.array(), b.offset(), from, width, rows[1]);
          binaryRow(op, rows[0], rows[1], width);
          store(rows[0], y, from, width);
        });
  }

  private static void dense(
      Workers workers,
      Scratch.Pool pool,
      BinaryOp op,
      int n,
      HostBuffer a,
      HostBuffer b,
      HostBuffer y) {
    if (n <= CHUNK) {
      workers.expectOpen();
      Scratch scratch = pool.take();
      for (int from = 0; from < n; from += Scratch.TILE) {
        denseTile(op, a, b, y, from, Math.min(Scratch.TILE, n - from), scratch.tiles);
      }
      pool.give(scratch);
      return;
    }
    tiles(workers, pool, n, (from, width, rows) -> denseTile(op, a, b, y, from, width, rows));
  }

  private static void denseTile(
      BinaryOp op, HostBuffer a, HostBuffer b, HostBuffer y, int from, int width, float[][] rows) {
    load(a, from, width, rows[0]);
    load(b, from, width, rows[1]);
    binaryRow(op, rows[0], rows[1], width);
    store(rows[0], y, from, width);
  }

  private static void binaryRow(BinaryOp op, float[] a, float[] b, int n) {
    switch (op) {
      case ADD -> Lanes.add(a, b, n);
      case SUB -> subtract(a, b, n);
      case MUL -> multiply(a, b, n);
      case DIV -> divide(a, b, n);
      case MAX -> larger(a, b, n);
      case MIN -> smaller(a, b, n);
      default -> each(op, a, b, n);
    }
  }

  private static void larger(float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] = Math.max(a[j], b[j]);
    }
  }

  private static void smaller(float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] = Math.min(a[j], b[j]);
    }
  }

  private static void each(BinaryOp op, float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] = op.value(a[j], b[j]);
    }
  }

  private static void subtract(float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] -= b[j];
    }
  }

  private static void divide(float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] /= b[j];
    }
  }

  /** {@code a *= b}. */
  static void multiply(float[] a, float[] b, int n) {
    for (int j = 0; j < n; j++) {
      a[j] *= b[j];
    }
  }

  static void axpy(
      Workers workers, Scratch.Pool pool, int n, float alpha, HostBuffer x, HostBuffer y) {
    if (n <= Scratch.TILE) {
      workers.expectOpen();
      Scratch scratch = pool.take();
      load(x, 0, n, scratch.tiles[0]);
      load(y, 0, n, scratch.tiles[1]);
      Rows.add(scratch.tiles[1], scratch.tiles[0], alpha, n);
      store(scratch.tiles[1], y, 0, n);
      pool.give(scratch);
      return;
    }
    tiles(
        workers,
        pool,
        n,
        (from, width, rows) -> {
          load(x, from, width, rows[0]);
          load(y, from, width, rows[1]);
          Rows.add(rows[1], rows[0], alpha, width);
          store(rows[1], y, from, width);
        });
  }

  static void dropout(
      Workers workers,
      Scratch.Pool pool,
      int n,
      double ratio,
      long key,
      HostBuffer x,
      HostBuffer y) {
    float scale = (float) (1 / (1 - ratio));
    // uniform >= ratio, in units of 2^-24 and without a jump that chance decides.
    int least = (int) Math.ceil(ratio * 0x1p24);
    tiles(
        workers,
        pool,
        n,
        (from, width, rows) -> {
          load(x, from, width, rows[0]);
          for (int j = 0; j < width; j++) {
            int dropped = ((int) (Rng.bits(key, from + j) >>> 40) - least) >> 31;
            rows[0][j] = choose(dropped, 0f, rows[0][j] * scale);
          }
          store(rows[0], y, from, width);
        });
  }

  static void fill(Workers workers, int n, float value, HostBuffer y) {
    workers.forEach(
        RowProducts.ceil(n, CHUNK),
        chunk -> {
          int end = Math.min(n, (chunk + 1) * CHUNK);
          Arrays.fill(y.array(), y.offset() + chunk * CHUNK, y.offset() + end, value);
        });
  }
}
