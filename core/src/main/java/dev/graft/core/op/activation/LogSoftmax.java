package dev.graft.core.op.activation;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.op.Scores;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * {@code y = x - log Σ exp(x)} along one axis, shifted by the largest element so that nothing
 * overflows. ONNX LogSoftmax (13).
 *
 * @param axis negative from the end
 */
public record LogSoftmax(int axis) implements Op {

  @Override
  public String type() {
    return "LogSoftmax";
  }

  @Override
  public Scores scores() {
    return Scores.LOG_PROBABILITIES;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    inputs.get(0).axis(axis);
    return inputs;
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0) == inputs.get(0).shape().axis(axis) ? Samples.MIXED : axes.get(0);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(new LogSoftmax(order.axis(axis)), order);
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.outputs(0) : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Axis a = Axis.of(call.input(0).shape(), axis);
    call.backend()
        .logSoftmax(a.outer(), a.n(), a.inner(), call.input(0).buffer(), call.output().buffer());
  }

  /** {@code dx = dy - exp(y) Σ dy}. */
  @Override
  public void backward(Backward call) {
    Axis a = Axis.of(call.inputShapes().get(0), axis);
    call.backend()
        .logSoftmaxGradient(
            a.outer(),
            a.n(),
            a.inner(),
            call.output().buffer(),
            call.outputGradient().buffer(),
            call.gradient(0).buffer());
  }
}
