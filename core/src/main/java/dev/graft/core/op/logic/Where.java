package dev.graft.core.op.logic;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * {@code a} where a condition is true, elsewhere {@code b}, all three broadcast. What is not chosen
 * plays no part, be it infinite or NaN. Inputs: condition (truth values, see {@link Greater}), a,
 * b. ONNX Where (9, 16).
 */
public record Where() implements Op {

  @Override
  public String type() {
    return "Where";
  }

  @Override
  public boolean takesTruth(int i) {
    return i == 0;
  }

  @Override
  public boolean differentiable(int i) {
    return i > 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 3);
    return List.of(Shape.broadcast(Shape.broadcast(inputs.get(0), inputs.get(1)), inputs.get(2)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.broadcast(Fact.shapes(inputs), axes);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.any() ? Saves.inputs(0) : Saves.NOTHING;
  }

  /** What is chosen of b. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return outputShapes(inputs);
  }

  /** A gradient before it is summed. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return outputShapes(inputs);
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor rest = call.temporary(0);
    Broadcasting.binary(backend, BinaryOp.KEEP, call.input(1), call.input(0), call.output());
    Broadcasting.binary(backend, BinaryOp.DROP, call.input(2), call.input(0), rest);
    Broadcasting.binary(backend, BinaryOp.ADD, call.output(), rest, call.output());
  }

  /** {@code da = Σ dy where the condition is true, db = Σ dy elsewhere}. */
  @Override
  public void backward(Backward call) {
    Tensor share = call.temporary(0);
    for (int i = 1; i <= 2; i++) {
      if (call.needs().of(i)) {
        BinaryOp kept = i == 1 ? BinaryOp.KEEP : BinaryOp.DROP;
        Broadcasting.binary(call.backend(), kept, call.outputGradient(), call.input(0), share);
        Broadcasting.sumTo(call.backend(), share, call.gradient(i));
      }
    }
  }
}
