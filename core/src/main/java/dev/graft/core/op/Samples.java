package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.List;

/** Along which axis of a value the samples of a batch lie, see {@link Op#sampleAxis}. */
public final class Samples {

  /** Of a value that is the same for all samples: a weight, what is computed from weights alone. */
  public static final int NONE = -1;

  /** Of a value in which samples meet, or are not told apart by one axis. */
  public static final int MIXED = -2;

  private Samples() {}

  /** The axis in the first input, where the others are the same for all; else MIXED. */
  public static int inFirstOnly(List<Integer> axes) {
    boolean only = axes.subList(1, axes.size()).stream().allMatch(axis -> axis == NONE);
    return only ? axes.get(0) : MIXED;
  }

  /** The axis that all inputs have in common; else MIXED. */
  public static int inAll(List<Integer> axes) {
    return axes.stream().allMatch(axes.get(0)::equals) ? axes.get(0) : MIXED;
  }

  /** The axis in the result of operands that are broadcast. */
  public static int broadcast(List<Shape> inputs, List<Integer> axes) {
    int rank = inputs.stream().mapToInt(Shape::rank).max().orElse(0);
    int found = NONE;
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) >= 0) {
        int axis = axes.get(i) + rank - inputs.get(i).rank();
        if (found >= 0 && found != axis) {
          return MIXED;
        }
        found = axis;
      }
    }
    for (int i = 0; i < axes.size(); i++) {
      int axis = found - rank + inputs.get(i).rank();
      if (axes.get(i) == NONE && axis >= 0 && !inputs.get(i).dim(axis).is(1)) {
        return MIXED;
      }
    }
    return found;
  }

  /**
   * The axis in {@code y}, which has the elements of {@code x} in the same order: where as many
   * elements lie before it.
   */
  public static int sameOrder(Shape x, int axis, Shape y) {
    Size before = x.product(0, axis);
    for (int at = 0; at < y.rank(); at++) {
      if (y.product(0, at).equals(before) && y.dim(at).equals(x.dim(axis))) {
        return at;
      }
    }
    return MIXED;
  }
}
