package dev.graft.core.op;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/** What all functions of two elements share: {@code y = a ∘ b} with NumPy's broadcasting. */
public interface Pairwise extends Op {

  /** The kernel. */
  BinaryOp kernel();

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    return List.of(Shape.broadcast(inputs.get(0), inputs.get(1)));
  }

  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.broadcast(Fact.shapes(inputs), axes);
  }

  @Override
  default Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  default boolean mayOverwrite(int i) {
    return true;
  }

  @Override
  default void forward(Forward call) {
    Broadcasting.binary(call.backend(), kernel(), call.input(0), call.input(1), call.output());
  }
}
