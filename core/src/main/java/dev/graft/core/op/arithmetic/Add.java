package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Pairwise;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.Set;
import java.util.function.BinaryOperator;

/** {@code a + b} with broadcasting; saves nothing. ONNX Add (7, 13, 14). */
public record Add() implements Pairwise {

  @Override
  public String type() {
    return "Add";
  }

  @Override
  public Set<Integer> biasInputs() {
    return Set.of(0, 1);
  }

  @Override
  public Initializer initializer(int i, Shape stored) {
    return Initializer.ZEROS;
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.ADD;
  }

  @Override
  public BinaryOperator<Size> onNumbers() {
    return Size::plus;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public boolean passesGradient(int i) {
    return true;
  }

  /** {@code da = Σ dy, db = Σ dy} over the repeated axes of each. */
  @Override
  public void backward(Backward call) {
    for (int i = 0; i < 2; i++) {
      if (call.needs().of(i)) {
        Broadcasting.sumTo(call.backend(), call.outputGradient(), call.gradient(i));
      }
    }
  }
}
