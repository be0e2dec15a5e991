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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first elements of x along an axis, as many as another value has along one of its own: the
 * positions of a sequence that is as long as it is fed. Inputs: x and the other, of which only the
 * shape matters. ONNX Slice (10) whose end is an element of a Shape.
 *
 * @param axis of x, negative from the end
 * @param likeAxis of the other, negative from the end
 */
public record SliceLike(int axis, int likeAxis) implements Op {

  @Override
  public String type() {
    return "Slice";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    Shape x = inputs.get(0);
    Size there = x.dim(x.axis(axis));
    Size wanted = inputs.get(1).dim(inputs.get(1).axis(likeAxis));
    if (there.isKnown() && wanted.isKnown() && wanted.known() > there.known()) {
      throw new ShapeException(
          x
              + " has "
              + there
              + " positions along axis "
              + axis
              + ", what is fed has "
              + wanted
              + "; feed a shorter sequence");
    }
    return List.of(x.with(x.axis(axis), wanted));
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    Shape shape = outputShapes(Fact.shapes(inputs)).get(0);
    Fact x = inputs.get(0);
    boolean told = x.numbers() != null && !shape.isOpen() && !x.shape().isOpen();
    return List.of(new Fact(x.type(), shape, told ? first(x, shape) : null));
  }

  private List<Size> first(Fact x, Shape taken) {
    int at = x.shape().axis(axis);
    int outer = x.shape().elements(0, at);
    int whole = x.shape().elements(at, x.shape().rank());
    int part = taken.elements(at, taken.rank());
    List<Size> numbers = new ArrayList<>();
    for (int o = 0; o < outer; o++) {
      numbers.addAll(x.numbers().subList(o * whole, o * whole + part));
    }
    return numbers;
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  /** The same samples of x, unless they are what is counted. */
  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    boolean counted =
        axes.get(0) == inputs.get(0).shape().axis(axis)
            || axes.get(1) == inputs.get(1).shape().axis(likeAxis);
    return counted ? Samples.MIXED : axes.get(0);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Tensor y = call.output();
    int[] strides = y.shape().strides();
    call.backend()
        .copy(y.shape().toArray(), x.buffer(), 0, x.shape().strides(), 0, strides, y.buffer());
  }

  /** {@code dx} is zero behind what was taken. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    Tensor dx = call.gradient(0);
    int[] strides = dx.shape().strides();
    call.backend().fill(dx.shape().elements(), 0, dx.buffer());
    call.backend()
        .copy(dy.shape().toArray(), dy.buffer(), 0, dy.shape().strides(), 0, strides, dx.buffer());
  }
}
