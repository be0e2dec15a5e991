package dev.graft.kernels.simd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A dense matrix as right operand, stored as [k, n] or, transposed, as [n, k].
 *
 * @param stride elements from one stored row to the next
 */
record RightMatrix(float[] array, int offset, int stride, boolean transposed) implements Right {

  @Override
  public void pack(int k0, int steps, int column, int columns, float[] to, int at) {
    if (transposed) {
      packTransposed(offset + column * stride + k0, steps, columns, to, at);
    } else if (columns == Tiles.WIDTH) {
      packFull(array, offset + k0 * stride + column, stride, steps, to, at);
    } else {
      for (int p = 0; p < steps; p++) {
        System.arraycopy(array, offset + (k0 + p) * stride + column, to, at, columns);
        Arrays.fill(to, at + columns, at + Tiles.WIDTH, 0f);
        at += Tiles.WIDTH;
      }
    }
  }

  @Override
  public int direct(int k0, int column) {
    return transposed ? -1 : offset + k0 * stride + column;
  }

  private static void packFull(
      float[] from, int source, int stride, int steps, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      FloatVector.fromArray(Lanes.FLOATS, from, source).intoArray(to, at);
      FloatVector.fromArray(Lanes.FLOATS, from, source + Lanes.COUNT)
          .intoArray(to, at + Lanes.COUNT);
      source += stride;
      at += Tiles.WIDTH;
    }
  }

  private void packTransposed(int source, int steps, int columns, float[] to, int at) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      packEight(array, source + j * stride, stride, steps, to, at + j);
    }
    for (; j < Tiles.WIDTH; j++) {
      int from = source + j * stride;
      int target = at + j;
      for (int p = 0; p < steps; p++) {
        to[target] = j < columns ? array[from + p] : 0f;
        target += Tiles.WIDTH;
      }
    }
  }

  /** Eight stored rows at once: what they yield for one step lies side by side. */
  private static void packEight(float[] a, int a0, int stride, int steps, float[] to, int at) {
    int a1 = a0 + stride;
    int a2 = a1 + stride;
    int a3 = a2 + stride;
    int a4 = a3 + stride;
    int a5 = a4 + stride;
    int a6 = a5 + stride;
    int a7 = a6 + stride;
    for (int p = 0; p < steps; p++) {
      to[at] = a[a0 + p];
      to[at + 1] = a[a1 + p];
      to[at + 2] = a[a2 + p];
      to[at + 3] = a[a3 + p];
      to[at + 4] = a[a4 + p];
      to[at + 5] = a[a5 + p];
      to[at + 6] = a[a6 + p];
      to[at + 7] = a[a7 + p];
      at += Tiles.WIDTH;
    }
  }
}
