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
 * Joins tensors along an axis; all other sizes agree. ONNX Concat (4, 11, 13).
 *
 * @param axis negative from the end
 */
public record Concat(int axis) implements Op {

  @Override
  public String type() {
    return "Concat";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1, Integer.MAX_VALUE);
    Shape first = inputs.get(0);
    int at = first.axis(axis);
    Size joined = Size.of(0);
    for (Shape input : inputs) {
      if (input.rank() != first.rank() || !input.with(at, 0).fits(first.with(at, 0))) {
        throw new ShapeException(
            "Concat along axis " + axis + " expects equal sizes elsewhere, found " + inputs);
      }
      joined = joined.plus(input.dim(at));
    }
    return List.of(first.with(at, joined));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int samples = Samples.inAll(axes);
    return samples == inputs.get(0).shape().axis(axis) ? Samples.MIXED : samples;
  }

  @Override
  public boolean movesElements() {
    return true;
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(new Concat(order.axis(axis)), order);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** Along the axis and all inner ones, each input is a run of every row of y. */
  @Override
  public void forward(Forward call) {
    Tensor y = call.output();
    int at = y.shape().axis(axis);
    int rows = y.shape().elements(0, at);
    int[] yStrides = {y.shape().elements(at, y.shape().rank()), 1};
    int offset = 0;
    for (int i = 0; i < call.inputs().size(); i++) {
      Tensor x = call.input(i);
      int run = x.shape().elements(at, x.shape().rank());
      int[] strides = {run, 1};
      int[] box = {rows, run};
      call.backend().copy(box, x.buffer(), 0, strides, offset, yStrides, y.buffer());
      offset += run;
    }
  }

  /** Each input's gradient is its part of dy. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    int at = dy.shape().axis(axis);
    int rows = dy.shape().elements(0, at);
    int[] yStrides = {dy.shape().elements(at, dy.shape().rank()), 1};
    int offset = 0;
    for (int i = 0; i < call.inputShapes().size(); i++) {
      Shape x = call.inputShapes().get(i);
      int run = x.elements(at, x.rank());
      if (call.needs().of(i)) {
        int[] strides = {run, 1};
        int[] box = {rows, run};
        Tensor dx = call.gradient(i);
        call.backend().copy(box, dy.buffer(), offset, yStrides, 0, strides, dx.buffer());
      }
      offset += run;
    }
  }
}
