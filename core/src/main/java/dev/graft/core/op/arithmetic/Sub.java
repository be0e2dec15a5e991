package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.List;
import java.util.function.BinaryOperator;

/** {@code a - b} with broadcasting; saves nothing. ONNX Sub (7, 13, 14). */
public record Sub() implements Op {

  @Override
  public String type() {
    return "Sub";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    return List.of(Shape.broadcast(inputs.get(0), inputs.get(1)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.broadcast(Fact.shapes(inputs), axes);
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
  public boolean mayOverwrite(int i) {
    return true;
  }

  @Override
  public boolean passesGradient(int i) {
    return i == 0;
  }

  @Override
  public void forward(Forward call) {
    Broadcasting.binary(call.backend(), BinaryOp.SUB, call.input(0), call.input(1), call.output());
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
