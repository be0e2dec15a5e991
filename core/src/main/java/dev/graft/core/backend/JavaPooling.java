package dev.graft.core.backend;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Pooling, a plane at a time; planes are independent of each other. */
final class JavaPooling {

  private JavaPooling() {}

  private static void planes(Workers workers, PoolGeometry g, IntConsumer body) {
    long work = (long) g.outPlane() * g.kernelHeight() * g.kernelWidth() + g.inPlane();
    int perChunk = (int) Math.max(1, JavaElementwise.CHUNK / Math.max(1, work));
    workers.forEach(
        RowProducts.ceil(g.planes(), perChunk),
        chunk -> {
          int last = Math.min(g.planes(), (chunk + 1) * perChunk);
          for (int plane = chunk * perChunk; plane < last; plane++) {
            body.accept(plane);
          }
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
      Workers workers, PoolGeometry g, HostBuffer x, @Nullable HostBuffer winners, HostBuffer y) {
    planes(
        workers,
        g,
        plane -> {
          int to = plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            for (int ow = 0; ow < g.outWidth(); ow++, to++) {
              int winner = window(g, x, plane, oh, ow, y, y.offset() + to);
              if (winners != null) {
                winners.array()[winners.offset() + to] = winner;
              }
            }
          }
        });
  }

  /**
   * Writes the largest element of a window and returns its position within the window, or -1 if
   * there is none.
   */
  private static int window(
      PoolGeometry g, HostBuffer x, int plane, int oh, int ow, HostBuffer y, int to) {
    int top = oh * g.strideHeight() - g.padTop();
    int left = ow * g.strideWidth() - g.padLeft();
    int firstRow = first(top, g.dilationHeight());
    int firstColumn = first(left, g.dilationWidth());
    int endRow = end(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
    int endColumn = end(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
    float[] from = x.array();
    float best = Float.NEGATIVE_INFINITY;
    int winner = -1;
    for (int kh = firstRow; kh < endRow; kh++) {
      int row =
          x.offset() + plane * g.inPlane() + (top + kh * g.dilationHeight()) * g.inWidth() + left;
      for (int kw = firstColumn; kw < endColumn; kw++) {
        float value = from[row + kw * g.dilationWidth()];
        // Not (value <= best) also takes a NaN, and best != best keeps the first one.
        if (winner < 0 || (!(value <= best) && best == best)) {
          best = value;
          winner = kh * g.kernelWidth() + kw;
        }
      }
    }
    y.array()[to] = best;
    return winner;
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
