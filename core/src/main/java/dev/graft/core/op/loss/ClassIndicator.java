package dev.graft.core.op.loss;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Numbers of classes as rows with a 1 at the class: {@code y[n,k] = max(0, 1 - |x[n] - k|)}, exact
 * for whole numbers. A number below 0, which is unlabelled, becomes zeros. {@code x [N]} to {@code
 * [N,K]}; no gradient.
 *
 * @param classes K, at least 1
 */
public record ClassIndicator(int classes) implements Op {

  @Override
  public String type() {
    return "ClassIndicator";
  }

  @Override
  public boolean differentiable(int i) {
    return false;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    if (inputs.get(0).rank() != 1) {
      throw new ShapeException("expected numbers of classes [N], found " + inputs.get(0));
    }
    return List.of(Shape.ofSizes(inputs.get(0).dim(0), Size.of(classes)));
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** The numbers of all classes, and the ramps. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(Shape.of(1, classes), Shape.of(inputs.get(0).size(0), classes));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor numbers = call.temporary(0);
    Tensor work = call.temporary(1);
    Tensor rows = call.output();
    float[] all = new float[classes];
    for (int k = 0; k < classes; k++) {
      all[k] = k;
    }
    backend.upload(all, 0, classes, numbers.buffer());
    int n = rows.shape().elements();
    Tensor column = call.input(0).reshape(rows.shape().with(1, 1));
    Broadcasting.binary(backend, BinaryOp.SUB, column, numbers, work);
    backend.unary(UnaryOp.ABS, 0, 0, n, work.buffer(), work.buffer());
    backend.unary(UnaryOp.HARD_SIGMOID, -1, 1, n, work.buffer(), rows.buffer());
  }

  @Override
  public void backward(Backward call) {
    throw new IllegalStateException("the number of a class has no gradient");
  }
}
