package dev.graft.core.backend;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Strided copies and broadcast binaries of {@link JavaBackend}: axes that lie together in all
 * operands are merged first, so that the inner loop is as long as it can be.
 */
final class JavaStrided {

  private JavaStrided() {}

  /** A box with its axes merged; operand k has strides {@code strides[k]}. */
  private record Box(int[] shape, int[][] strides) {

    static Box merged(int[] shape, int[]... strides) {
      int[] sizes = new int[Math.max(1, shape.length)];
      int[][] steps = new int[strides.length][sizes.length];
      int used = 0;
      for (int axis = 0; axis < shape.length; axis++) {
        if (shape[axis] == 1) {
          continue;
        }
        boolean joins = used > 0;
        for (int k = 0; joins && k < strides.length; k++) {
          joins = steps[k][used - 1] == strides[k][axis] * shape[axis];
        }
        int at = joins ? used - 1 : used++;
        sizes[at] = joins ? sizes[at] * shape[axis] : shape[axis];
        for (int k = 0; k < strides.length; k++) {
          steps[k][at] = strides[k][axis];
        }
      }
      if (used == 0) {
        sizes[used++] = 1;
      }
      int[][] kept = new int[strides.length][];
      for (int k = 0; k < strides.length; k++) {
        kept[k] = Arrays.copyOf(steps[k], used);
      }
      return new Box(Arrays.copyOf(sizes, used), kept);
    }

    int inner() {
      return shape[shape.length - 1];
    }

    int innerStride(int operand) {
      return strides[operand][shape.length - 1];
    }

    /** Number of inner loops. */
    int rows() {
      int rows = 1;
      for (int axis = 0; axis < shape.length - 1; axis++) {
        rows *= shape[axis];
      }
      return rows;
    }

    /** Where inner loop {@code row} of an operand starts. */
    int start(int operand, int row) {
      int position = 0;
      for (int axis = shape.length - 2; axis >= 0; axis--) {
        position += row % shape[axis] * strides[operand][axis];
        row /= shape[axis];
      }
      return position;
    }
  }

  /** Shares the rows of a box; short rows go together. */
  private static void rows(Workers workers, Box box, IntConsumer row) {
    int rows = box.rows();
    int perChunk = Math.max(1, 16384 / Math.max(1, box.inner()));
    int chunks = (rows + perChunk - 1) / perChunk;
    workers.forEach(
        chunks,
        chunk -> {
          int end = Math.min(rows, (chunk + 1) * perChunk);
          for (int r = chunk * perChunk; r < end; r++) {
            row.accept(r);
          }
        });
  }

  static void copy(
      Workers workers,
      int[] shape,
      HostBuffer x,
      int xOffset,
      int[] xStrides,
      int yOffset,
      int[] yStrides,
      HostBuffer y) {
    Box box = Box.merged(shape, xStrides, yStrides);
    float[] from = x.array();
    float[] to = y.array();
    int n = box.inner();
    int xStep = box.innerStride(0);
    int yStep = box.innerStride(1);
    rows(
        workers,
        box,
        row -> {
          int xo = x.offset() + xOffset + box.start(0, row);
          int yo = y.offset() + yOffset + box.start(1, row);
          if (n > 0 && xStep == 1 && yStep == 1) {
            System.arraycopy(from, xo, to, yo, n);
          } else {
            for (int i = 0; i < n; i++) {
              to[yo + i * yStep] = from[xo + i * xStep];
            }
          }
        });
  }

  static void binary(
      Workers workers,
      BinaryOp op,
      int[] shape,
      HostBuffer a,
      int[] aStrides,
      HostBuffer b,
      int[] bStrides,
      HostBuffer y) {
    int[] dense = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      dense[axis] = stride;
      stride *= shape[axis];
    }
    Box box = Box.merged(shape, aStrides, bStrides, dense);
    int n = box.inner();
    int aStep = box.innerStride(0);
    int bStep = box.innerStride(1);
    if (box.rows() == 1 && aStep == 1 && bStep == 1) {
      JavaElementwise.chunked(
          workers,
          n,
          (first, last) ->
              dense(
                  op,
                  last - first,
                  a.array(),
                  a.offset() + first,
                  b.array(),
                  b.offset() + first,
                  y.array(),
                  y.offset() + first));
      return;
    }
    rows(
        workers,
        box,
        row -> {
          int ao = a.offset() + box.start(0, row);
          int bo = b.offset() + box.start(1, row);
          int yo = y.offset() + box.start(2, row);
          if (aStep == 1 && bStep == 1) {
            dense(op, n, a.array(), ao, b.array(), bo, y.array(), yo);
          } else if (n > 0 && aStep == 1 && bStep == 0) {
            scalarRight(op, n, a.array(), ao, b.array()[bo], y.array(), yo);
          } else {
            for (int i = 0; i < n; i++) {
              y.array()[yo + i] = value(op, a.array()[ao + i * aStep], b.array()[bo + i * bStep]);
            }
          }
        });
  }

  private static float value(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }

  private static void dense(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] + b[bo + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] - b[bo + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] * b[bo + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] / b[bo + i];
        }
      }
    }
  }

  private static void scalarRight(
      BinaryOp op, int n, float[] a, int ao, float b, float[] y, int yo) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] + b;
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] - b;
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] * b;
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] / b;
        }
      }
    }
  }
}
