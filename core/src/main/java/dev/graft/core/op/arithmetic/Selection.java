package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Pairwise;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/** What functions share that are one of their two operands: the gradient goes to that one. */
interface Selection extends Pairwise {

  /** Position of the operand that is selected only where it is greater than the other. */
  int greater();

  @Override
  default Saves saves(Needs needs) {
    return needs.any() ? Saves.inputs(0, 1) : Saves.NOTHING;
  }

  /** Where the second is selected, and what of dy goes to an operand, before it is summed. */
  @Override
  default List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Shape y = Shape.broadcast(inputs.get(0), inputs.get(1));
    return List.of(y, y);
  }

  /** {@code da = Σ dy where a is selected, db = Σ dy elsewhere}; of equal ones, a is. */
  @Override
  default void backward(Backward call) {
    Backend backend = call.backend();
    Tensor second = call.temporary(0);
    Tensor share = call.temporary(1);
    Broadcasting.binary(
        backend, BinaryOp.GREATER, call.input(greater()), call.input(1 - greater()), second);
    for (int i = 0; i < 2; i++) {
      if (call.needs().of(i)) {
        BinaryOp kept = i == 0 ? BinaryOp.DROP : BinaryOp.KEEP;
        Broadcasting.binary(backend, kept, call.outputGradient(), second, share);
        Broadcasting.sumTo(backend, share, call.gradient(i));
      }
    }
  }
}
