package dev.graft.core.op.reduction;

import dev.graft.core.backend.ReduceOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Sum over some axes. ONNX ReduceSum (1, 11, 13) with constant axes.
 *
 * @param axes negative from the end; empty means all
 * @param keepDims whether the reduced axes stay, with size 1
 */
public record ReduceSum(List<Integer> axes, boolean keepDims) implements AxisReduction {

  public ReduceSum {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "ReduceSum";
  }

  @Override
  public ReduceSum over(List<Integer> axes) {
    return new ReduceSum(axes, keepDims);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Shape shape = x.shape();
    call.backend()
        .reduce(ReduceOp.SUM, shape.toArray(), reduced(shape), x.buffer(), call.output().buffer());
  }

  /** {@code dx = dy}, repeated. */
  @Override
  public void backward(Backward call) {
    Tensor dx = call.gradient(0);
    Shape x = dx.shape();
    call.backend()
        .copy(
            x.toArray(),
            call.outputGradient().buffer(),
            0,
            repeated(x),
            0,
            x.strides(),
            dx.buffer());
  }
}
