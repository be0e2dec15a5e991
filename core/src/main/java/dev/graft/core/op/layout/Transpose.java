package dev.graft.core.op.layout;

import dev.graft.core.backend.Backend;
import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Permutes the axes: axis i of the output is axis {@code permutation[i]} of the input. ONNX
 * Transpose (1, 13).
 *
 * @param permutation of 0 … rank-1; empty reverses the axes
 */
public record Transpose(List<Integer> permutation) implements Op {

  public Transpose {
    permutation = List.copyOf(permutation);
  }

  @Override
  public String type() {
    return "Transpose";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    List<Integer> order = order(x);
    if (!order.stream().sorted().toList().equals(ascending(x.rank()))) {
      throw new ShapeException(
          "Transpose by " + permutation + " is no permutation of the axes of " + x);
    }
    return List.of(Shape.ofSizes(order.stream().map(x::dim).toList()));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return order(inputs.get(0).shape()).indexOf(axes.get(0));
  }

  @Override
  public boolean movesElements() {
    return true;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    int[] strides = new int[x.shape().rank()];
    int[] own = x.shape().strides();
    List<Integer> order = order(x.shape());
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = own[order.get(axis)];
    }
    Tensor y = call.output();
    call.backend()
        .copy(y.shape().toArray(), x.buffer(), 0, strides, 0, y.shape().strides(), y.buffer());
  }

  /** {@code dx} is dy under the inverse permutation. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor dy = call.outputGradient();
    Shape x = call.inputShapes().get(0);
    int[] own = x.strides();
    int[] target = new int[x.rank()];
    List<Integer> order = order(x);
    for (int axis = 0; axis < target.length; axis++) {
      target[axis] = own[order.get(axis)];
    }
    backend.copy(
        dy.shape().toArray(),
        dy.buffer(),
        0,
        dy.shape().strides(),
        0,
        target,
        call.gradient(0).buffer());
  }

  /**
   * The order of the axes, for an input of that rank.
   *
   * @throws IllegalArgumentException if it has another
   */
  public AxisOrder order(int rank) {
    AxisOrder order = new AxisOrder(permutation.isEmpty() ? reversed(rank) : permutation);
    if (order.rank() != rank) {
      throw new IllegalArgumentException(
          "Transpose by " + permutation + " is no permutation of " + rank + " axes");
    }
    return order;
  }

  private List<Integer> order(Shape x) {
    return permutation.isEmpty() ? reversed(x.rank()) : permutation;
  }

  private static List<Integer> reversed(int rank) {
    List<Integer> reversed = new ArrayList<>(ascending(rank));
    Collections.reverse(reversed);
    return reversed;
  }

  private static List<Integer> ascending(int rank) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      axes.add(axis);
    }
    return axes;
  }
}
