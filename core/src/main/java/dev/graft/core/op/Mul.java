package dev.graft.core.op;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code a b} with broadcasting; saves the other factor. ONNX Mul (7, 13, 14). */
public record Mul() implements Op {

  @Override
  public String type() {
    return "Mul";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    return List.of(Shape.broadcast(inputs.get(0), inputs.get(1)));
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

  @Override
  public void forward(Forward call) {
    Broadcasting.binary(call.backend(), BinaryOp.MUL, call.input(0), call.input(1), call.output());
  }

  /** {@code da = Σ dy b, db = Σ dy a} over the repeated axes of each. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    for (int i = 0; i < 2; i++) {
      if (call.needs().of(i)) {
        Tensor product = Tensor.allocate(call.backend(), dy.shape());
        Broadcasting.binary(call.backend(), BinaryOp.MUL, dy, call.input(1 - i), product);
        Broadcasting.sumTo(call.backend(), product, call.gradient(i));
      }
    }
  }
}
