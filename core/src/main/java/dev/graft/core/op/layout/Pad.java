package dev.graft.core.op.layout;

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
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Surrounds a tensor with a constant or with elements of its own; negative pads cut off instead.
 * ONNX Pad (2, 11, 13, 18, 19) with constant pads.
 *
 * @param pads for each axis of the input the number of elements before it, then for each the number
 *     behind it
 * @param mode what the padding holds
 * @param value what a constant padding holds
 */
public record Pad(List<Integer> pads, PadMode mode, double value) implements Op {

  public Pad {
    pads = List.copyOf(pads);
  }

  /** With a constant. */
  public Pad(List<Integer> pads, double value) {
    this(pads, PadMode.CONSTANT, value);
  }

  @Override
  public String type() {
    return "Pad";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    if (pads.size() != 2 * x.rank()) {
      throw new ShapeException(
          "Pad expects two pads for each axis of " + x + ", found " + pads.size());
    }
    if (mode != PadMode.CONSTANT && x.rank() == 0) {
      throw new ShapeException("Pad of a scalar has no axis to repeat it along");
    }
    Size[] sizes = new Size[x.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      Size size = x.dim(axis).plus((long) pads.get(axis) + pads.get(axis + sizes.length));
      if (size.isKnown() && (size.known() < 0 || size.known() > Integer.MAX_VALUE)) {
        throw new ShapeException("Pad of " + x + " by " + pads + " leaves a size of " + size);
      }
      if (mode != PadMode.CONSTANT && x.dim(axis).is(0) && !size.is(0)) {
        throw new ShapeException("Pad of " + x + " has nothing to repeat along axis " + axis);
      }
      sizes[axis] = size;
    }
    return List.of(Shape.ofSizes(sizes));
  }

  /** Whether it cuts off or surrounds an axis. */
  private boolean touches(int axis) {
    return pads.get(axis) != 0 || pads.get(axis + pads.size() / 2) != 0;
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return touches(axes.get(0)) ? Samples.MIXED : axes.get(0);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    List<Integer> moved = new ArrayList<>();
    for (int end = 0; end < pads.size(); end += order.rank()) {
      for (int axis : order.inverse().places()) {
        moved.add(pads.get(end + axis));
      }
    }
    return new Reordered(new Pad(moved, mode, value), order);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** What is repeated, axis after axis: all results but the last. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return steps(inputs.get(0));
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return steps(inputs.get(0));
  }

  private List<Shape> steps(Shape x) {
    return mode == PadMode.CONSTANT
        ? List.of()
        : AlongAxes.steps(x, outputShapes(List.of(x)).get(0), this::touches);
  }

  /** Where each position along an axis of y comes from. */
  private int[] sources(int axis, int from, int to) {
    int[] sources = new int[to];
    for (int i = 0; i < to; i++) {
      sources[i] = mode.source((long) i - pads.get(axis), from);
    }
    return sources;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Tensor y = call.output();
    if (mode != PadMode.CONSTANT) {
      AlongAxes.forward(
          x,
          y,
          call.temporaries(),
          this::touches,
          (axis, a, b) ->
              AlongAxes.gather(
                  call.backend(),
                  sources(axis, a.shape().size(axis), b.shape().size(axis)),
                  axis,
                  a,
                  b));
      return;
    }
    Overlap o = overlap(x.shape(), y.shape());
    call.backend().fill(y.shape().elements(), value, y.buffer());
    call.backend()
        .copy(
            o.sizes,
            x.buffer(),
            o.inX,
            x.shape().strides(),
            o.inY,
            y.shape().strides(),
            y.buffer());
  }

  /** {@code dx} is what of dy came from each element of x; what was cut off has none. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    Tensor dx = call.gradient(0);
    if (mode != PadMode.CONSTANT) {
      AlongAxes.backward(
          dx,
          dy,
          call.temporaries(),
          this::touches,
          (axis, a, b) ->
              AlongAxes.scatter(
                  call.backend(),
                  sources(axis, a.shape().size(axis), b.shape().size(axis)),
                  axis,
                  b,
                  a));
      return;
    }
    Overlap o = overlap(dx.shape(), dy.shape());
    call.backend().fill(dx.shape().elements(), 0, dx.buffer());
    call.backend()
        .copy(
            o.sizes,
            dy.buffer(),
            o.inY,
            dy.shape().strides(),
            o.inX,
            dx.shape().strides(),
            dx.buffer());
  }

  /** The box of elements that x and y share, and where it starts in each. */
  private record Overlap(int[] sizes, int inX, int inY) {}

  private Overlap overlap(Shape x, Shape y) {
    int[] sizes = new int[x.rank()];
    int inX = 0;
    int inY = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      long before = pads.get(axis);
      // Clamped: where a pad cuts more than there is, nothing is shared and the start is moot.
      int fromX = (int) Math.min(x.size(axis), Math.max(0, -before));
      int fromY = (int) Math.min(y.size(axis), Math.max(0, before));
      sizes[axis] = Math.min(x.size(axis) - fromX, y.size(axis) - fromY);
      inX += fromX * x.strides()[axis];
      inY += fromY * y.strides()[axis];
    }
    return new Overlap(sizes, inX, inY);
  }
}
