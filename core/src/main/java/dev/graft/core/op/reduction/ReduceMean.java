package dev.graft.core.op.reduction;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mean over some axes. ONNX ReduceMean (1, 11, 13, 18) with constant axes.
 *
 * @param axes negative from the end; empty means all
 * @param keepDims whether the reduced axes stay, with size 1
 */
public record ReduceMean(List<Integer> axes, boolean keepDims) implements Op {

  public ReduceMean {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "ReduceMean";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    boolean[] reduced = reduced(x);
    List<Size> sizes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!reduced[axis]) {
        sizes.add(x.dim(axis));
      } else if (keepDims) {
        sizes.add(Size.of(1));
      }
    }
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    boolean[] reduced = reduced(inputs.get(0).shape());
    int axis = axes.get(0);
    if (reduced[axis]) {
      return Samples.MIXED;
    }
    for (int before = axes.get(0) - 1; before >= 0 && !keepDims; before--) {
      axis -= reduced[before] ? 1 : 0;
    }
    return axis;
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    List<Integer> all = axes.isEmpty() ? AxisOrder.unchanged(order.rank()).places() : axes;
    return new Reordered(
        new ReduceMean(order.axes(axes), keepDims), keepDims ? order : order.without(all));
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Means.forward(call.backend(), reduced(call.input(0).shape()), call.input(0), call.output());
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return outputShapes(inputs);
  }

  /** {@code dx = dy / count}. */
  @Override
  public void backward(Backward call) {
    boolean[] reduced = reduced(call.inputShapes().get(0));
    Means.backward(call, reduced);
  }

  private boolean[] reduced(Shape x) {
    boolean[] reduced = new boolean[x.rank()];
    if (axes.isEmpty()) {
      Arrays.fill(reduced, true);
    }
    for (int axis : axes) {
      reduced[x.axis(axis)] = true;
    }
    return reduced;
  }
}
