package dev.graft.core.op.reduction;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What operations share that make one element of all along some axes. */
interface AxisReduction extends Op {

  /** The axes, negative from the end; empty means all. */
  List<Integer> axes();

  /** Whether the reduced axes stay, with size 1. */
  boolean keepDims();

  /** The same over other axes. */
  AxisReduction over(List<Integer> axes);

  @Override
  default Reordered reordered(AxisOrder order) {
    List<Integer> all = axes().isEmpty() ? AxisOrder.unchanged(order.rank()).places() : axes();
    return new Reordered(over(order.axes(axes())), keepDims() ? order : order.without(all));
  }

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    boolean[] reduced = reduced(x);
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!reduced[axis]) {
        sizes.add(x.dim(axis));
      } else if (keepDims()) {
        sizes.add(Size.of(1));
      }
    }
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    boolean[] reduced = reduced(inputs.get(0).shape());
    int axis = axes.get(0);
    if (reduced[axis]) {
      return Samples.MIXED;
    }
    for (int before = axes.get(0) - 1; before >= 0 && !keepDims(); before--) {
      axis -= reduced[before] ? 1 : 0;
    }
    return axis;
  }

  /** Strides that read a tensor of the output's elements as one of x's shape. */
  default int[] repeated(Shape x) {
    boolean[] reduced = reduced(x);
    int[] strides = new int[x.rank()];
    int stride = 1;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      if (!reduced[axis]) {
        strides[axis] = stride;
        stride *= x.size(axis);
      }
    }
    return strides;
  }

  /** Which axes of x are reduced. */
  default boolean[] reduced(Shape x) {
    boolean[] reduced = new boolean[x.rank()];
    if (axes().isEmpty()) {
      Arrays.fill(reduced, true);
    }
    for (int axis : axes()) {
      reduced[x.axis(axis)] = true;
    }
    return reduced;
  }
}
