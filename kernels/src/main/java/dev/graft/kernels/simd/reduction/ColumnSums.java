package dev.graft.kernels.simd.reduction;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** Rows added side by side; four at once, so that sums are read and written a quarter as often. */
final class ColumnSums {

  private ColumnSums() {}

  /** {@code sums += x0 + x1 + x2 + x3}, in this order, with rows {@code step} apart. */
  static void addFour(int n, float[] x, int xo, int step, float[] sums) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, i);
      sum = sum.add(FloatVector.fromArray(FLOATS, x, xo + i));
      sum = sum.add(FloatVector.fromArray(FLOATS, x, xo + step + i));
      sum = sum.add(FloatVector.fromArray(FLOATS, x, xo + 2 * step + i));
      sum.add(FloatVector.fromArray(FLOATS, x, xo + 3 * step + i)).intoArray(sums, i);
    }
    for (; i < n; i++) {
      int at = xo + i;
      sums[i] = sums[i] + x[at] + x[at + step] + x[at + 2 * step] + x[at + 3 * step];
    }
  }
}
