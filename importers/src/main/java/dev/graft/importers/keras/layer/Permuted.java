package dev.graft.importers.keras.layer;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/** Weights in another order of axes: axis i of the result is axis {@code order[i]} of the array. */
final class Permuted {

  private Permuted() {}

  static Tensor of(Tensor x, int... order) {
    int rank = order.length;
    int[] strides = x.shape().strides();
    int[] sizes = new int[rank];
    int[] steps = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = x.shape().size(order[axis]);
      steps[axis] = strides[order[axis]];
    }
    float[] from = x.toArray();
    float[] to = new float[from.length];
    int[] at = new int[rank];
    int source = 0;
    for (int i = 0; i < to.length; i++) {
      to[i] = from[source];
      for (int axis = rank - 1; axis >= 0; axis--) {
        source += steps[axis];
        if (++at[axis] < sizes[axis]) {
          break;
        }
        source -= steps[axis] * sizes[axis];
        at[axis] = 0;
      }
    }
    return Tensor.of(Shape.of(sizes), to);
  }

  /** An array with its first {@code axes} axes in reverse order. */
  static Tensor turned(Tensor x, int axes) {
    int inner = x.shape().elements(axes, x.shape().rank());
    float[] from = x.toArray();
    float[] to = new float[from.length];
    int positions = inner == 0 ? 0 : from.length / inner;
    for (int i = 0; i < positions; i++) {
      System.arraycopy(from, i * inner, to, (positions - 1 - i) * inner, inner);
    }
    return Tensor.of(x.shape(), to);
  }
}
