package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Pairwise;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;

/** {@code a / b} with broadcasting. ONNX Div (7, 13, 14) on floating-point numbers. */
public record Div() implements Pairwise {

  @Override
  public String type() {
    return "Div";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.DIV;
  }

  @Override
  public BinaryOperator<Size> onNumbers() {
    return Size::dividedBy;
  }

  @Override
  public Saves saves(Needs needs) {
    if (needs.of(1)) {
      return new Saves(Set.of(1), Set.of(0), false);
    }
    return needs.of(0) ? Saves.inputs(1) : Saves.NOTHING;
  }

  /** The quotient {@code dy / b}. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.broadcast(inputs.get(0), inputs.get(1)));
  }

  /** {@code da = Σ dy / b, db = -Σ (dy / b) y} over the repeated axes of each. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor dy = call.outputGradient();
    Tensor quotient = call.temporary(0);
    Broadcasting.binary(backend, BinaryOp.DIV, dy, call.input(1), quotient);
    if (call.needs().of(0)) {
      Broadcasting.sumTo(backend, quotient, call.gradient(0));
    }
    if (call.needs().of(1)) {
      Broadcasting.binary(backend, BinaryOp.MUL, quotient, call.output(), quotient);
      Broadcasting.sumTo(backend, quotient, call.gradient(1));
      Buffer db = call.gradient(1).buffer();
      backend.unary(UnaryOp.AFFINE, -1, 0, call.inputShapes().get(1).elements(), db, db);
    }
  }
}
