package dev.graft.kernels.simd.layout;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.work.Spans;

/**
 * Copies in which one axis is dense in the source and another in the target, as between NCHW and
 * NHWC. Whichever axis is walked first, the other side touches a new cache line at every element;
 * so both are walked in tiles whose lines all fit in the level-1 cache.
 */
public final class Transposition {

  /** Elements of a tile along each axis: a cache line of either side. */
  private static final int TILE = 16;

  private final StridedBox box;

  /** Axis that is dense in the source; -1 for none. */
  private final int sourceAxis;

  /** Axis that is dense in the target; -1 for none. */
  private final int targetAxis;

  /**
   * @param box with the source as first and the target as second layout
   */
  public Transposition(StridedBox box) {
    this.box = box;
    sourceAxis = denseAxis(0);
    targetAxis = denseAxis(1);
  }

  private int denseAxis(int layout) {
    for (int axis = box.rank - 1; axis >= 0; axis--) {
      if (box.strides[layout][axis] == 1) {
        return axis;
      }
    }
    return -1;
  }

  /** Whether both axes are there, different, and long enough for tiles. */
  public boolean suits() {
    return sourceAxis >= 0
        && targetAxis >= 0
        && sourceAxis != targetAxis
        && box.shape[sourceAxis] >= 4
        && box.shape[targetAxis] >= 4;
  }

  public void run(Workers workers, HostBuffer x, int xOffset, HostBuffer y, int yOffset) {
    int tiles = Spans.ceil(box.shape[sourceAxis], TILE);
    int width = box.shape[targetAxis];
    int outer = box.count() / width / box.shape[sourceAxis];
    Spans.forRows(
        workers,
        outer * tiles,
        (long) width * Math.min(TILE, box.shape[sourceAxis]),
        (first, count) -> {
          for (int number = first; number < first + count; number++) {
            int from = x.offset() + xOffset + offset(0, number / tiles);
            int to = y.offset() + yOffset + offset(1, number / tiles);
            band(number % tiles * TILE, x.array(), from, y.array(), to);
          }
        });
  }

  /** Offset of the {@code number}-th index of the axes that are not dense. */
  private int offset(int layout, int number) {
    int offset = 0;
    int left = number;
    for (int axis = box.rank - 1; axis >= 0; axis--) {
      if (axis != sourceAxis && axis != targetAxis) {
        offset += left % box.shape[axis] * box.strides[layout][axis];
        left /= box.shape[axis];
      }
    }
    return offset;
  }

  /** A tile's breadth of the source's dense axis, along the whole of the target's. */
  private void band(int first, float[] x, int from, float[] y, int to) {
    int height = Math.min(TILE, box.shape[sourceAxis] - first);
    int width = box.shape[targetAxis];
    int xStep = box.strides[0][targetAxis];
    int yStep = box.strides[1][sourceAxis];
    int yo = to + first * yStep;
    int xo = from + first;
    for (int i = 0; i < width; i += TILE) {
      int columns = Math.min(TILE, width - i);
      for (int row = 0; row < height; row++) {
        column(columns, x, xo + i * xStep + row, xStep, y, yo + row * yStep + i);
      }
    }
  }

  private static void column(int n, float[] x, int xo, int xStep, float[] y, int yo) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = x[xo + i * xStep];
    }
  }
}
