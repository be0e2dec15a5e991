package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drops axes of size 1. ONNX Squeeze (1, 11, 13).
 *
 * @param axes the axes to drop, negative from the end; empty drops every axis of size 1
 */
public record Squeeze(List<Integer> axes) implements View {

  public Squeeze {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "Squeeze";
  }

  /** Every axis of size 1 means that of the samples too, where there is one. */
  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return this.axes.isEmpty() ? Samples.MIXED : View.super.sampleAxis(inputs, axes);
  }

  /** Which axes are dropped must be said. */
  @Override
  public @Nullable Reordered reordered(AxisOrder order) {
    return axes.isEmpty()
        ? null
        : new Reordered(new Squeeze(order.axes(axes)), order.without(axes));
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    List<Integer> dropped = axes.stream().map(x::axis).toList();
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean drop = axes.isEmpty() ? x.dim(axis).is(1) : dropped.contains(axis);
      if (drop && !x.dim(axis).mayEqual(Size.of(1))) {
        throw new ShapeException(
            "Squeeze expects size 1 at axis " + axis + ", found " + x.dim(axis) + " in " + x);
      }
      if (!drop) {
        sizes.add(x.dim(axis));
      }
    }
    return List.of(Shape.ofSizes(sizes));
  }
}
