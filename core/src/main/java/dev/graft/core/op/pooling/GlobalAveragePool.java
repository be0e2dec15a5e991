package dev.graft.core.op.pooling;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.op.reduction.Means;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Mean over all spatial positions: {@code [N,C,H,W]} to {@code [N,C,1,1]}. ONNX GlobalAveragePool
 * (1).
 */
public record GlobalAveragePool() implements Op {

  @Override
  public String type() {
    return "GlobalAveragePool";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(Pooling.globalShape(this, inputs.get(0)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0) < 2 ? axes.get(0) : Samples.MIXED;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Means.forward(call.backend(), spatial(call.input(0).shape()), call.input(0), call.output());
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return outputShapes(inputs);
  }

  /** {@code dx = dy / positions}. */
  @Override
  public void backward(Backward call) {
    boolean[] reduced = spatial(call.inputShapes().get(0));
    Means.backward(call, reduced);
  }

  private static boolean[] spatial(Shape x) {
    boolean[] reduced = new boolean[x.rank()];
    for (int axis = 2; axis < reduced.length; axis++) {
      reduced[axis] = true;
    }
    return reduced;
  }
}
