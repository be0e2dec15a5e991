package dev.graft.kernels.simd.layout;

/**
 * A box of indices walked through several strided layouts at once. Axes of size 1 are dropped and
 * neighbours joined where every layout allows it, so that the innermost run is as long as it can
 * be.
 */
public final class StridedBox {

  /** Number of axes left, at least one. */
  final int rank;

  /** Sizes of the axes left; the arrays may be longer than {@link #rank}. */
  final int[] shape;

  /** For each layout, the stride of every axis left. */
  final int[][] strides;

  public StridedBox(int[] shape, int[]... layouts) {
    int[] kept = new int[shape.length + 1];
    int[][] steps = new int[layouts.length][shape.length + 1];
    int axes = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        continue;
      }
      if (axes > 0 && joins(steps, axes - 1, layouts, axis, shape[axis])) {
        axes--;
        kept[axes] *= shape[axis];
      } else {
        kept[axes] = shape[axis];
      }
      for (int layout = 0; layout < layouts.length; layout++) {
        steps[layout][axes] = layouts[layout][axis];
      }
      axes++;
    }
    if (axes == 0) {
      kept[axes++] = 1;
    }
    this.rank = axes;
    this.shape = kept;
    this.strides = steps;
  }

  private static boolean joins(int[][] steps, int outer, int[][] layouts, int inner, int size) {
    for (int layout = 0; layout < layouts.length; layout++) {
      if (steps[layout][outer] != layouts[layout][inner] * size) {
        return false;
      }
    }
    return true;
  }

  /** Number of indices. */
  public int count() {
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      count *= shape[axis];
    }
    return count;
  }

  /** Length of the innermost axis. */
  public int run() {
    return shape[rank - 1];
  }

  /** Stride of the innermost axis. */
  public int step(int layout) {
    return strides[layout][rank - 1];
  }

  /** Offset within a layout of the {@code number}-th innermost run, counted in row-major order. */
  public int offset(int layout, int number) {
    int offset = 0;
    for (int axis = rank - 2; axis >= 0; axis--) {
      offset += number % shape[axis] * strides[layout][axis];
      number /= shape[axis];
    }
    return offset;
  }
}
