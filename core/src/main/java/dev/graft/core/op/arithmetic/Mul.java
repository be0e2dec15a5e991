package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Pairwise;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;

/** {@code a b} with broadcasting; saves the other factor. ONNX Mul (7, 13, 14). */
public record Mul() implements Pairwise {

  @Override
  public String type() {
    return "Mul";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.MUL;
  }

  @Override
  public BinaryOperator<Size> onNumbers() {
    return Size::times;
  }

  @Override
  public Saves saves(Needs needs) {
    Set<Integer> kept = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      if (needs.of(i)) {
        kept.add(1 - i);
      }
    }
    return new Saves(kept, Set.of(), false);
  }

  /** The product before it is summed, for an operand that was repeated. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Shape y = Shape.broadcast(inputs.get(0), inputs.get(1));
    boolean sums = false;
    for (int i = 0; i < 2; i++) {
      sums |= needs.of(i) && inputs.get(i).elements() != y.elements();
    }
    return sums ? List.of(y) : List.of();
  }

  /** {@code da = Σ dy b, db = Σ dy a} over the repeated axes of each. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    for (int i = 0; i < 2; i++) {
      if (call.needs().of(i)) {
        Tensor gradient = call.gradient(i);
        boolean sums = gradient.shape().elements() != dy.shape().elements();
        Tensor product = sums ? call.temporary(0) : gradient.reshape(dy.shape());
        Broadcasting.binary(call.backend(), BinaryOp.MUL, dy, call.input(1 - i), product);
        if (sums) {
          Broadcasting.sumTo(call.backend(), product, gradient);
        }
      }
    }
  }
}
