package dev.graft.core.op.reduction;

import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Mean over some axes. ONNX ReduceMean (1, 11, 13, 18) with constant axes.
 *
 * @param axes negative from the end; empty means all
 * @param keepDims whether the reduced axes stay, with size 1
 */
public record ReduceMean(List<Integer> axes, boolean keepDims) implements AxisReduction {

  public ReduceMean {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "ReduceMean";
  }

  @Override
  public ReduceMean over(List<Integer> axes) {
    return new ReduceMean(axes, keepDims);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Means.forward(call.backend(), reduced(call.input(0).shape()), call.input(0), call.output());
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return outputShapes(inputs);
  }

  /** {@code dx = dy / count}. */
  @Override
  public void backward(Backward call) {
    boolean[] reduced = reduced(call.inputShapes().get(0));
    Means.backward(call, reduced);
  }
}
