package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Pooling, a plane at a time; planes are independent of each other. */
final class JavaPooling {

  private JavaPooling() {}

  /** Runs a body on every plane. */
  private static void planes(Workers workers, PoolGeometry g, IntConsumer body) {
    chunks(
        workers,
        g,
        (first, last) -> {
          for (int plane = first; plane < last; plane++) {
            body.accept(plane);
          }
        });
  }

  /** Works on the planes {@code first … last - 1}. */
  @FunctionalInterface
  private interface Planes {
    void run(int first, int last);
  }

  private static void chunks(Workers workers, PoolGeometry g, Planes body) {
    long work = (long) g.outPlane() * g.kernelHeight() * g.kernelWidth() + g.inPlane();
    int perChunk = (int) Math.max(1, JavaElementwise.CHUNK / Math.max(1, work));
    workers.forEach(
        RowProducts.ceil(g.planes(), perChunk),
        chunk -> {
          int first = chunk * perChunk;
          body.run(first, Math.min(g.planes(), first + perChunk));
        });
  }

  /** First kernel index whose position {@code start + index step} is not negative. */
  private static int first(int start, int step) {
    return start >= 0 ? 0 : (-start + step - 1) / step;
  }

  /** One past the last kernel index whose position lies below {@code limit}. */
  private static int end(int start, int step, int kernel, int limit) {
    return start >= limit ? 0 : Math.min(kernel, (limit - 1 - start) / step + 1);
  }

  static void max(
      Workers workers,
      Scratch.Pool pool,
      PoolGeometry g,
      HostBuffer x,
      @Nullable HostBuffer winners,
      HostBuffer y) {
    int n = g.outWidth();
    chunks(
        workers,
        g,
        (first, last) -> {
          Scratch scratch = pool.take();
          long[] best = scratch.keys(n);
          for (int row = first * g.outHeight(); row < last * g.outHeight(); row++) {
            maxRow(g, x, row / g.outHeight(), row % g.outHeight(), best);
            values(best, n, y.array(), y.offset() + row * n);
            if (winners != null) {
              positions(best, n, winners.array(), winners.offset() + row * n);
            }
          }
          pool.give(scratch);
        });
  }

  /** Keys of the largest elements of a row of windows: tap after tap, along the whole row. */
  private static void maxRow(PoolGeometry g, HostBuffer x, int plane, int oh, long[] best) {
    Arrays.fill(best, 0, g.outWidth(), LEAST);
    int top = oh * g.strideHeight() - g.padTop();
    int endRow = end(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
    for (int kh = first(top, g.dilationHeight()); kh < endRow; kh++) {
      int row = (plane * g.inHeight() + top + kh * g.dilationHeight()) * g.inWidth();
      for (int kw = 0; kw < g.kernelWidth(); kw++) {
        int left = kw * g.dilationWidth() - g.padLeft();
        int from = first(left, g.strideWidth());
        int to = end(left, g.strideWidth(), g.outWidth(), g.inWidth());
        int at = x.offset() + row + left + from * g.strideWidth();
        int position = kh * g.kernelWidth() + kw;
        maxTap(x.array(), at, g.strideWidth(), position, best, from, to);
      }
    }
  }

  private static void maxTap(
      float[] x, int at, int step, int position, long[] best, int from, int to) {
    for (int ow = from; ow < to; ow++, at += step) {
      best[ow] = larger(best[ow], key(x[at], position));
    }
  }

  private static void values(long[] best, int n, float[] y, int to) {
    for (int ow = 0; ow < n; ow++) {
      y[to + ow] = best[ow] == LEAST ? Float.NEGATIVE_INFINITY : value(best[ow]);
    }
  }

  private static void positions(long[] best, int n, float[] winners, int to) {
    for (int ow = 0; ow < n; ow++) {
      winners[to + ow] = best[ow] == LEAST ? -1 : position(best[ow]);
    }
  }

  /** Below the key of any element. */
  private static final long LEAST = -1L << 56;

  /** Bits of a position within a window; a float counts as far. */
  private static final int POSITION_BITS = 24;

  private static final long LAST_POSITION = (1L << POSITION_BITS) - 1;

  /**
   * A number that is larger for a larger value and, among equal values, for an earlier position. So
   * the winner is found by arithmetic alone: a comparison of floats would jump, and be mispredicted
   * at every other element.
   */
  private static long key(float value, int position) {
    // Adding zero makes the two zeros equal; NaN has the largest bits of all.
    int bits = Float.floatToIntBits(value + 0f);
    long ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
    return (ordered << POSITION_BITS) + LAST_POSITION - position;
  }

  private static float value(long key) {
    int ordered = (int) (key >> POSITION_BITS);
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
  }

  private static int position(long key) {
    return (int) (LAST_POSITION - (key & LAST_POSITION));
  }

  /** Keys have 56 bits, so their difference has a sign to go by; Math.max compiles to a jump. */
  private static long larger(long a, long b) {
    long more = a - b;
    return b + (more & ~(more >> 63));
  }

  static void maxGradient(
      Workers workers, PoolGeometry g, HostBuffer winners, HostBuffer dy, HostBuffer dx) {
    planes(
        workers,
        g,
        plane -> {
          int base = dx.offset() + plane * g.inPlane();
          Arrays.fill(dx.array(), base, base + g.inPlane(), 0f);
          int at = plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            int top = oh * g.strideHeight() - g.padTop();
            for (int ow = 0; ow < g.outWidth(); ow++, at++) {
              int winner = (int) winners.array()[winners.offset() + at];
              if (winner < 0) {
                continue;
              }
              int h = top + winner / g.kernelWidth() * g.dilationHeight();
              int w =
                  ow * g.strideWidth() - g.padLeft() + winner % g.kernelWidth() * g.dilationWidth();
              dx.array()[base + h * g.inWidth() + w] += dy.array()[dy.offset() + at];
            }
          }
        });
  }

  /** What the average of a window divides by, along one axis. */
  private static int count(
      boolean includePad, int start, int step, int kernel, int limit, int pad) {
    return includePad
        ? end(start, step, kernel, limit + pad)
        : Math.max(0, end(start, step, kernel, limit) - first(start, step));
  }

  private static float divisor(PoolGeometry g, int top, int left) {
    boolean include = g.countIncludePad();
    int rows =
        count(include, top, g.dilationHeight(), g.kernelHeight(), g.inHeight(), g.padBottom());
    int columns =
        count(include, left, g.dilationWidth(), g.kernelWidth(), g.inWidth(), g.padRight());
    return (float) rows * columns;
  }

  static void average(Workers workers, PoolGeometry g, HostBuffer x, HostBuffer y) {
    planes(
        workers,
        g,
        plane -> {
          int to = y.offset() + plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            for (int ow = 0; ow < g.outWidth(); ow++, to++) {
              y.array()[to] = mean(g, x, plane, oh, ow);
            }
          }
        });
  }

  private static float mean(PoolGeometry g, HostBuffer x, int plane, int oh, int ow) {
    int top = oh * g.strideHeight() - g.padTop();
    int left = ow * g.strideWidth() - g.padLeft();
    int endRow = end(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
    int firstColumn = first(left, g.dilationWidth());
    int endColumn = end(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
    float[] from = x.array();
    double sum = 0;
    for (int kh = first(top, g.dilationHeight()); kh < endRow; kh++) {
      int row =
          x.offset() + plane * g.inPlane() + (top + kh * g.dilationHeight()) * g.inWidth() + left;
      for (int kw = firstColumn; kw < endColumn; kw++) {
        sum += from[row + kw * g.dilationWidth()];
      }
    }
    float divisor = divisor(g, top, left);
    return divisor == 0 ? 0 : (float) (sum / divisor);
  }

  static void averageGradient(Workers workers, PoolGeometry g, HostBuffer dy, HostBuffer dx) {
    planes(
        workers,
        g,
        plane -> {
          int base = dx.offset() + plane * g.inPlane();
          Arrays.fill(dx.array(), base, base + g.inPlane(), 0f);
          int at = dy.offset() + plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            for (int ow = 0; ow < g.outWidth(); ow++, at++) {
              spread(g, dy.array()[at], oh, ow, dx.array(), base);
            }
          }
        });
  }

  private static void spread(PoolGeometry g, float gradient, int oh, int ow, float[] dx, int base) {
    int top = oh * g.strideHeight() - g.padTop();
    int left = ow * g.strideWidth() - g.padLeft();
    int endRow = end(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
    int firstColumn = first(left, g.dilationWidth());
    int endColumn = end(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
    float share = gradient / divisor(g, top, left);
    for (int kh = first(top, g.dilationHeight()); kh < endRow; kh++) {
      int row = base + (top + kh * g.dilationHeight()) * g.inWidth() + left;
      for (int kw = firstColumn; kw < endColumn; kw++) {
        dx[row + kw * g.dilationWidth()] += share;
      }
    }
  }
}
