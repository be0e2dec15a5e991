package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
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
    long joined = 0;
    for (Shape input : inputs) {
      if (input.rank() != first.rank() || !input.with(at, 0).equals(first.with(at, 0))) {
        throw new ShapeException(
            "Concat along axis " + axis + " expects equal sizes elsewhere, found " + inputs);
      }
      joined += input.size(at);
    }
    if (joined > Integer.MAX_VALUE) {
      throw new ShapeException("Concat of " + inputs + " has more than 2^31 - 1 elements");
    }
    return List.of(first.with(at, (int) joined));
  }

  @Override
  public boolean isSamplewise(List<Shape> inputs, boolean[] batched) {
    return Samples.inAll(batched) && inputs.get(0).axis(axis) != 0;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor y = call.output();
    int at = y.shape().axis(axis);
    int[] strides = y.shape().strides();
    int offset = 0;
    for (Tensor x : call.inputs()) {
      int[] sizes = x.shape().toArray();
      call.backend().copy(sizes, x.buffer(), 0, x.shape().strides(), offset, strides, y.buffer());
      offset += sizes[at] * strides[at];
    }
  }

  /** Each input's gradient is its part of dy. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    int at = dy.shape().axis(axis);
    int[] strides = dy.shape().strides();
    int offset = 0;
    for (int i = 0; i < call.inputShapes().size(); i++) {
      Shape x = call.inputShapes().get(i);
      if (call.needs().of(i)) {
        call.backend()
            .copy(
                x.toArray(),
                dy.buffer(),
                offset,
                strides,
                0,
                x.strides(),
                call.gradient(i).buffer());
      }
      offset += x.size(at) * strides[at];
    }
  }
}
