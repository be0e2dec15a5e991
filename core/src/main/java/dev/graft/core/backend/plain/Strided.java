package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import java.util.Arrays;

/**
 * A box of indices walked through several strided layouts at once. Axes of size 1 are dropped and
 * neighbours joined where every layout allows it, so that the innermost run is as long as it can
 * be.
 */
final class Strided {

  /** Sizes of the axes left, at least one. */
  final int[] shape;

  /** For each layout, the stride of every axis left. */
  final int[][] strides;

  Strided(int[] shape, int[]... strides) {
    int[] kept = new int[shape.length + 1];
    int[][] steps = new int[strides.length][shape.length + 1];
    int axes = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        continue;
      }
      if (axes > 0 && joins(steps, axes - 1, strides, axis, shape[axis])) {
        axes--;
        kept[axes] *= shape[axis];
      } else {
        kept[axes] = shape[axis];
      }
      for (int layout = 0; layout < strides.length; layout++) {
        steps[layout][axes] = strides[layout][axis];
      }
      axes++;
    }
    if (axes == 0) {
      kept[axes++] = 1;
    }
    this.shape = Arrays.copyOf(kept, axes);
    this.strides = new int[strides.length][];
    for (int layout = 0; layout < strides.length; layout++) {
      this.strides[layout] = Arrays.copyOf(steps[layout], axes);
    }
  }

  private static boolean joins(int[][] steps, int outer, int[][] strides, int inner, int size) {
    for (int layout = 0; layout < strides.length; layout++) {
      if (steps[layout][outer] != strides[layout][inner] * size) {
        return false;
      }
    }
    return true;
  }

  /** Row-major strides of {@code shape}. */
  static int[] dense(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /**
   * Whether {@code strides} are the row-major ones, but for axes where that makes no difference.
   */
  static boolean isDense(int[] shape, int[] strides) {
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] != 1 && strides[axis] != stride) {
        return false;
      }
      stride *= shape[axis];
    }
    return true;
  }

  /** Number of indices in a box of that shape. */
  static int count(int[] shape) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    return count;
  }

  /** Number of indices in the box. */
  int count() {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    return count;
  }

  /** Length of the innermost axis. */
  int run() {
    return shape[shape.length - 1];
  }

  /** Offset within a layout of the {@code number}-th innermost run, counted in row-major order. */
  int offset(int layout, int number) {
    int offset = 0;
    for (int axis = shape.length - 2; axis >= 0; axis--) {
      offset += number % shape[axis] * strides[layout][axis];
      number /= shape[axis];
    }
    return offset;
  }

  /**
   * Reads the indices {@code from … from + width - 1} of the box, in row-major order, into a row.
   */
  void gather(int layout, float[] x, int base, int from, int width, float[] row) {
    int run = run();
    int step = strides[layout][shape.length - 1];
    int number = from / run;
    int first = from % run;
    for (int done = 0; done < width; number++, first = 0) {
      int length = Math.min(width - done, run - first);
      int at = base + offset(layout, number) + first * step;
      if (step == 1) {
        System.arraycopy(x, at, row, done, length);
      } else if (step == 0) {
        Arrays.fill(row, done, done + length, x[at]);
      } else {
        for (int j = 0; j < length; j++) {
          row[done + j] = x[at + j * step];
        }
      }
      done += length;
    }
  }

  /**
   * Reads the pixels {@code from … from + width - 1} of one channel of {@code [batch, channels,
   * plane]}, counted through the batch, into a row.
   */
  static void readChannel(
      HostBuffer x, int channels, int channel, int plane, int from, int width, float[] row) {
    int image = from / plane;
    int first = from % plane;
    for (int done = 0; done < width; image++, first = 0) {
      int length = Math.min(width - done, plane - first);
      int source = x.offset() + (image * channels + channel) * plane + first;
      System.arraycopy(x.array(), source, row, done, length);
      done += length;
    }
  }
}
