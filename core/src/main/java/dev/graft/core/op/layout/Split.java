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
import java.util.List;

/**
 * Cuts a tensor along an axis into several outputs, in order: what {@link Concat} joins again. ONNX
 * Split (1, 2, 11, 13, 18) with constant sizes.
 *
 * @param axis negative from the end
 * @param sizes of the outputs along the axis
 */
public record Split(int axis, List<Integer> sizes) implements Op {

  public Split {
    sizes = List.copyOf(sizes);
  }

  @Override
  public String type() {
    return "Split";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    int at = x.axis(axis);
    long sum = sizes.stream().mapToLong(Integer::longValue).sum();
    if (!x.dim(at).mayEqual(Size.of(sum)) || sizes.stream().anyMatch(size -> size < 0)) {
      throw new ShapeException(
          "Split into " + sizes + " does not fit axis " + axis + " of " + x + "; name other sizes");
    }
    return sizes.stream().map(size -> x.with(at, size)).toList();
  }

  @Override
  public boolean differentiableOutput(int i) {
    return true;
  }

  @Override
  public boolean movesElements() {
    return true;
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0) == inputs.get(0).shape().axis(axis) ? Samples.MIXED : axes.get(0);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(new Split(order.axis(axis), sizes), order);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** Along the axis and all inner ones, each output is a run of every row of x. */
  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    int rows = rows(x.shape());
    int[] strides = {run(x.shape()), 1};
    int offset = 0;
    for (Tensor y : call.outputs()) {
      int run = run(y.shape());
      int[] own = {run, 1};
      call.backend().copy(new int[] {rows, run}, x.buffer(), offset, strides, 0, own, y.buffer());
      offset += run;
    }
  }

  /** {@code dx} is the gradients of the outputs side by side, zero where one has none. */
  @Override
  public void backward(Backward call) {
    Tensor dx = call.gradient(0);
    int rows = rows(dx.shape());
    int[] strides = {run(dx.shape()), 1};
    if (call.outputGradients().contains(null) || call.outputGradients().size() < sizes.size()) {
      call.backend().fill(dx.shape().elements(), 0, dx.buffer());
    }
    int offset = 0;
    for (int i = 0; i < sizes.size(); i++) {
      int run = run(dx.shape().with(axis, sizes.get(i)));
      Tensor dy = call.outputGradient(i);
      if (dy != null) {
        int[] own = {run, 1};
        int[] box = {rows, run};
        call.backend().copy(box, dy.buffer(), 0, own, offset, strides, dx.buffer());
      }
      offset += run;
    }
  }

  private int rows(Shape shape) {
    return shape.elements(0, shape.axis(axis));
  }

  private int run(Shape shape) {
    return shape.elements(shape.axis(axis), shape.rank());
  }
}
