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
import java.util.Collections;
import java.util.List;

/**
 * Numbers of classes as rows with a 1, or a weight, at the class: {@code y[n,k] = w[k] max(0, 1 -
 * |x[n] - k|)}, exact for whole numbers. A number below 0, which is unlabelled, becomes zeros.
 * {@code x [N]} to {@code [N,K]}; no gradient.
 *
 * @param weights w, one for each class
 */
public record ClassIndicator(List<Double> weights) implements Op {

  public ClassIndicator {
    weights = List.copyOf(weights);
  }

  /** Ones. */
  public ClassIndicator(int classes) {
    this(Collections.nCopies(classes, 1.0));
  }

  private int classes() {
    return weights.size();
  }

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
      throw new ShapeException(
          "ClassIndicator: expected numbers of classes [N], found " + inputs.get(0));
    }
    return List.of(Shape.ofSizes(inputs.get(0).dim(0), Size.of(classes())));
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** The numbers of all classes, and the ramps. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(Shape.of(1, classes()), Shape.of(inputs.get(0).size(0), classes()));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor numbers = call.temporary(0);
    Tensor work = call.temporary(1);
    Tensor rows = call.output();
    float[] all = new float[classes()];
    for (int k = 0; k < all.length; k++) {
      all[k] = k;
    }
    backend.upload(all, 0, all.length, numbers.buffer());
    int n = rows.shape().elements();
    Tensor column = call.input(0).reshape(rows.shape().with(1, 1));
    Broadcasting.binary(backend, BinaryOp.SUB, column, numbers, work);
    backend.unary(UnaryOp.ABS, 0, 0, n, work.buffer(), work.buffer());
    backend.unary(UnaryOp.HARD_SIGMOID, -1, 1, n, work.buffer(), rows.buffer());
    for (int k = 0; k < all.length; k++) {
      all[k] = weights.get(k).floatValue();
    }
    backend.upload(all, 0, all.length, numbers.buffer());
    Broadcasting.binary(backend, BinaryOp.MUL, rows, numbers, rows);
  }

  @Override
  public void backward(Backward call) {
    throw new IllegalStateException("the number of a class has no gradient");
  }
}
