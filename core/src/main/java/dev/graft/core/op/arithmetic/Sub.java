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
import dev.graft.core.tensor.Size;
import java.util.function.BinaryOperator;

/** {@code a - b} with broadcasting; saves nothing. ONNX Sub (7, 13, 14). */
public record Sub() implements Pairwise {

  @Override
  public String type() {
    return "Sub";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.SUB;
  }

  @Override
  public BinaryOperator<Size> onNumbers() {
    return Size::minus;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public boolean passesGradient(int i) {
    return i == 0;
  }

  /** {@code da = Σ dy, db = -Σ dy} over the repeated axes of each. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    if (call.needs().of(0)) {
      Broadcasting.sumTo(backend, call.outputGradient(), call.gradient(0));
    }
    if (call.needs().of(1)) {
      Broadcasting.sumTo(backend, call.outputGradient(), call.gradient(1));
      Buffer db = call.gradient(1).buffer();
      backend.unary(UnaryOp.AFFINE, -1, 0, call.inputShapes().get(1).elements(), db, db);
    }
  }
}
