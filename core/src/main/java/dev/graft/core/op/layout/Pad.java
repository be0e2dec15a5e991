package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Surrounds a tensor with a constant; negative pads cut off instead. ONNX Pad (2, 11, 13, 18, 19)
 * in mode {@code constant} with constant pads.
 *
 * @param pads for each axis of the input the number of elements before it, then for each the number
 *     behind it
 * @param value what the padding holds
 */
public record Pad(List<Integer> pads, double value) implements Op {

  public Pad {
    pads = List.copyOf(pads);
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
    Size[] sizes = new Size[x.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      Size size = x.dim(axis).plus((long) pads.get(axis) + pads.get(axis + sizes.length));
      if (size.isKnown() && (size.known() < 0 || size.known() > Integer.MAX_VALUE)) {
        throw new ShapeException("Pad of " + x + " by " + pads + " leaves a size of " + size);
      }
      sizes[axis] = size;
    }
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int axis = axes.get(0);
    boolean untouched = pads.get(axis) == 0 && pads.get(axis + inputs.get(0).shape().rank()) == 0;
    return untouched ? axis : Samples.MIXED;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Tensor y = call.output();
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

  /** {@code dx} is the part of dy that came from x; what was cut off has none. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    Tensor dx = call.gradient(0);
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
