package dev.graft.core.op;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * An operation that yields whole numbers: {@link #infer} is all of it, on the host, while a plan is
 * compiled where what it needs is known by then. It has no gradient.
 */
public interface HostOp extends Op {

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    return infer(inputs.stream().map(Fact::of).toList()).stream().map(Fact::shape).toList();
  }

  @Override
  default boolean differentiable(int i) {
    return false;
  }

  @Override
  default boolean differentiableOutput(int i) {
    return false;
  }

  @Override
  default Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  default void forward(Forward call) {
    throw new IllegalStateException(type() + " is not computed on a backend");
  }

  @Override
  default void backward(Backward call) {
    throw new IllegalStateException(type() + " has no gradient");
  }
}
