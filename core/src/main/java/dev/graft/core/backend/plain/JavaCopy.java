package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * Copies between strided layouts: as one run, as rows that are each a run, or through a box of
 * axes.
 */
final class JavaCopy {

  private JavaCopy() {}

  static void copy(
      Workers workers,
      int[] shape,
      HostBuffer x,
      int xOffset,
      int[] xStrides,
      int yOffset,
      int[] yStrides,
      HostBuffer y) {
    if (Strided.isDense(shape, xStrides) && Strided.isDense(shape, yStrides)) {
      run(workers, Strided.count(shape), x, x.offset() + xOffset, y, y.offset() + yOffset);
      return;
    }
    if (shape.length == 2 && xStrides[1] == 1 && yStrides[1] == 1) {
      copyRows(
          workers,
          shape[0],
          shape[1],
          x,
          x.offset() + xOffset,
          xStrides[0],
          y,
          y.offset() + yOffset,
          yStrides[0]);
      return;
    }
    Strided box = new Strided(shape, xStrides, yStrides);
    int count = box.count();
    if (count == 0) {
      return;
    }
    int run = box.run();
    int runs = count / run;
    int perChunk = Math.max(1, JavaElementwise.CHUNK / run);
    int xStep = box.strides[0][box.shape.length - 1];
    int yStep = box.strides[1][box.shape.length - 1];
    workers.forEach(
        RowProducts.ceil(runs, perChunk),
        chunk -> {
          int last = Math.min(runs, (chunk + 1) * perChunk);
          for (int number = chunk * perChunk; number < last; number++) {
            int from = x.offset() + xOffset + box.offset(0, number);
            int to = y.offset() + yOffset + box.offset(1, number);
            copyRun(x.array(), from, xStep, y.array(), to, yStep, run);
          }
        });
  }

  /** One run of n elements. */
  static void run(Workers workers, int n, HostBuffer x, int from, HostBuffer y, int to) {
    if (n <= JavaElementwise.CHUNK) {
      workers.expectOpen();
      System.arraycopy(x.array(), from, y.array(), to, n);
      return;
    }
    workers.forSpans(
        n,
        JavaElementwise.CHUNK,
        (done, length) -> System.arraycopy(x.array(), from + done, y.array(), to + done, length));
  }

  private static void copyRows(
      Workers workers,
      int rows,
      int length,
      HostBuffer x,
      int from,
      int xStride,
      HostBuffer y,
      int to,
      int yStride) {
    workers.forSpans(
        rows,
        Math.max(1, JavaElementwise.CHUNK / Math.max(1, length)),
        (first, count) -> {
          for (int row = first; row < first + count; row++) {
            System.arraycopy(
                x.array(), from + row * xStride, y.array(), to + row * yStride, length);
          }
        });
  }

  private static void copyRun(
      float[] x, int from, int xStep, float[] y, int to, int yStep, int length) {
    if (xStep == 1 && yStep == 1) {
      System.arraycopy(x, from, y, to, length);
    } else if (xStep == 0 && yStep == 1) {
      Arrays.fill(y, to, to + length, x[from]);
    } else {
      for (int j = 0; j < length; j++) {
        y[to + j * yStep] = x[from + j * xStep];
      }
    }
  }
}
