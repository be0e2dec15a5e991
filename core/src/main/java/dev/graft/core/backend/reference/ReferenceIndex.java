package dev.graft.core.backend.reference;

/**
 * From the index of an element to its place in memory: the whole of strided layouts.
 *
 * <p>An element's <em>flat index</em> counts the elements of a shape in row-major order. Split into
 * one index per axis, {@code i_d}, it lies at {@code Σ i_d strides[d]} of a layout; a stride of
 * zero repeats an element along its axis.
 */
final class ReferenceIndex {

  private ReferenceIndex() {}

  /** Number of elements of {@code shape}: 1 for a scalar (no axes), 0 if any axis is empty. */
  static int elements(int[] shape) {
    int elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return elements;
  }

  /** Where element {@code flat} of {@code shape} lies in the layout {@code strides}. */
  static int position(int flat, int[] shape, int[] strides) {
    int position = 0;
    int rest = flat;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position += rest % shape[axis] * strides[axis];
      rest /= shape[axis];
    }
    return position;
  }

  /**
   * The layout that sends every element of {@code shape} to the output it is folded into: zero
   * along the reduced axes, dense over the others.
   */
  static int[] foldedStrides(int[] shape, boolean[] reduced) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (!reduced[axis]) {
        strides[axis] = stride;
        stride *= shape[axis];
      }
    }
    return strides;
  }
}
