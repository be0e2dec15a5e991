package dev.graft.core.backend;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Pooling of {@link JavaBackend}: planes are shared between the workers, windows run in order. */
final class JavaPooling {

  private JavaPooling() {}

  private static void planes(Workers workers, PoolGeometry g, IntConsumer plane) {
    int perChunk = Math.max(1, 16384 / Math.max(1, g.inPlane()));
    workers.forEach(
        (g.planes() + perChunk - 1) / perChunk,
        chunk -> {
          int end = Math.min(g.planes(), (chunk + 1) * perChunk);
          for (int p = chunk * perChunk; p < end; p++) {
            plane.accept(p);
          }
        });
  }

  static void max(
      Workers workers, PoolGeometry g, HostBuffer x, @Nullable HostBuffer winners, HostBuffer y) {
    planes(workers, g, plane -> maxPlane(g, plane, x, winners, y));
  }

  private static void maxPlane(
      PoolGeometry g, int plane, HostBuffer x, @Nullable HostBuffer winners, HostBuffer y) {
    float[] from = x.array();
    int base = x.offset() + plane * g.inPlane();
    int out = plane * g.outPlane();
    for (int oh = 0; oh < g.outHeight(); oh++) {
      int top = oh * g.strideHeight() - g.padTop();
      int firstRow = first(top, g.dilationHeight());
      int lastRow = last(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
      for (int ow = 0; ow < g.outWidth(); ow++, out++) {
        int left = ow * g.strideWidth() - g.padLeft();
        int firstColumn = first(left, g.dilationWidth());
        int lastColumn = last(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
        float best = Float.NEGATIVE_INFINITY;
        int winner = -1;
        for (int kh = firstRow; kh < lastRow; kh++) {
          int row = base + (top + kh * g.dilationHeight()) * g.inWidth() + left;
          for (int kw = firstColumn; kw < lastColumn; kw++) {
            float value = from[row + kw * g.dilationWidth()];
            // Not "value > best": the first wins even at negative infinity, and a NaN for good.
            if (winner < 0 || value > best || (value != value && best == best)) {
              best = value;
              winner = kh * g.kernelWidth() + kw;
            }
          }
        }
        y.array()[y.offset() + out] = best;
        if (winners != null) {
          winners.array()[winners.offset() + out] = winner;
        }
      }
    }
  }

  /** The first tap at or behind position 0. */
  private static int first(int start, int dilation) {
    return start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  }

  /** The tap behind the last one before {@code size}. */
  private static int last(int start, int dilation, int kernel, int size) {
    return start >= size ? 0 : Math.min(kernel, (size - start + dilation - 1) / dilation);
  }

  static void maxGradient(
      Workers workers, PoolGeometry g, HostBuffer winners, HostBuffer dy, HostBuffer dx) {
    planes(
        workers,
        g,
        plane -> {
          int base = dx.offset() + plane * g.inPlane();
          Arrays.fill(dx.array(), base, base + g.inPlane(), 0);
          int out = plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            for (int ow = 0; ow < g.outWidth(); ow++, out++) {
              int winner = (int) winners.array()[winners.offset() + out];
              if (winner >= 0) {
                int kh = winner / g.kernelWidth();
                int kw = winner % g.kernelWidth();
                int ih = oh * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
                int iw = ow * g.strideWidth() - g.padLeft() + kw * g.dilationWidth();
                dx.array()[base + ih * g.inWidth() + iw] += dy.array()[dy.offset() + out];
              }
            }
          }
        });
  }

  static void average(Workers workers, PoolGeometry g, HostBuffer x, HostBuffer y) {
    planes(
        workers,
        g,
        plane -> {
          int base = x.offset() + plane * g.inPlane();
          int out = y.offset() + plane * g.outPlane();
          for (int oh = 0; oh < g.outHeight(); oh++) {
            int top = oh * g.strideHeight() - g.padTop();
            int firstRow = first(top, g.dilationHeight());
            int lastRow = last(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
            for (int ow = 0; ow < g.outWidth(); ow++, out++) {
              int left = ow * g.strideWidth() - g.padLeft();
              int firstColumn = first(left, g.dilationWidth());
              int lastColumn = last(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
              double sum = 0;
              for (int kh = firstRow; kh < lastRow; kh++) {
                int row = base + (top + kh * g.dilationHeight()) * g.inWidth() + left;
                for (int kw = firstColumn; kw < lastColumn; kw++) {
                  sum += x.array()[row + kw * g.dilationWidth()];
                }
              }
              int count = count(g, top, left, firstRow, lastRow, firstColumn, lastColumn);
              y.array()[out] = count == 0 ? 0 : (float) (sum / count);
            }
          }
        });
  }

  static void averageGradient(Workers workers, PoolGeometry g, HostBuffer dy, HostBuffer dx) {
    planes(
        workers,
        g,
        plane -> {
          int base = dx.offset() + plane * g.inPlane();
          int out = dy.offset() + plane * g.outPlane();
          Arrays.fill(dx.array(), base, base + g.inPlane(), 0);
          for (int oh = 0; oh < g.outHeight(); oh++) {
            int top = oh * g.strideHeight() - g.padTop();
            int firstRow = first(top, g.dilationHeight());
            int lastRow = last(top, g.dilationHeight(), g.kernelHeight(), g.inHeight());
            for (int ow = 0; ow < g.outWidth(); ow++, out++) {
              int left = ow * g.strideWidth() - g.padLeft();
              int firstColumn = first(left, g.dilationWidth());
              int lastColumn = last(left, g.dilationWidth(), g.kernelWidth(), g.inWidth());
              int count = count(g, top, left, firstRow, lastRow, firstColumn, lastColumn);
              float share = dy.array()[out] / count;
              for (int kh = firstRow; kh < lastRow; kh++) {
                int row = base + (top + kh * g.dilationHeight()) * g.inWidth() + left;
                for (int kw = firstColumn; kw < lastColumn; kw++) {
                  dx.array()[row + kw * g.dilationWidth()] += share;
                }
              }
            }
          }
        });
  }

  /** What an average divides by, see {@link PoolGeometry#countIncludePad()}. */
  private static int count(
      PoolGeometry g,
      int top,
      int left,
      int firstRow,
      int lastRow,
      int firstColumn,
      int lastColumn) {
    if (!g.countIncludePad()) {
      return Math.max(0, lastRow - firstRow) * Math.max(0, lastColumn - firstColumn);
    }
    // Taps before the input lie in the padding; taps behind the padded end do not count.
    int paddedHeight = g.inHeight() + g.padBottom();
    int paddedWidth = g.inWidth() + g.padRight();
    return last(top, g.dilationHeight(), g.kernelHeight(), paddedHeight)
        * last(left, g.dilationWidth(), g.kernelWidth(), paddedWidth);
  }
}
