package dev.graft.core.op.loss;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
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
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * {@code loss = 1/n Σ (prediction - target)^2} over all n elements. Inputs: prediction and target
 * of the same shape. PyTorch's {@code nn.MSELoss}.
 */
public record MeanSquaredError() implements Op {

  @Override
  public String type() {
    return "MeanSquaredError";
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    if (!inputs.get(0).fits(inputs.get(1))) {
      throw new ShapeException(
          "prediction " + inputs.get(0) + " and target " + inputs.get(1) + " differ in shape");
    }
    return List.of(Shape.SCALAR);
  }

  /** The differences. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0));
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.NOTHING.andScratch() : Saves.NOTHING;
  }

  /** The squares. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(inputs.get(0));
  }

  /** The factor. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.SCALAR);
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor difference = call.scratch().get(0);
    Shape shape = difference.shape();
    Broadcasting.binary(backend, BinaryOp.SUB, call.input(0), call.input(1), difference);
    Tensor squares = call.temporary(0);
    Broadcasting.binary(backend, BinaryOp.MUL, difference, difference, squares);
    boolean[] all = new boolean[shape.rank()];
    Arrays.fill(all, true);
    Buffer loss = call.output().buffer();
    backend.reduce(ReduceOp.MEAN, shape.toArray(), all, squares.buffer(), loss);
  }

  /** {@code dprediction = dloss 2/n (prediction - target)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor difference = call.scratch().get(0);
    Tensor scale = call.temporary(0);
    double factor = 2.0 / difference.shape().elements();
    backend.unary(UnaryOp.AFFINE, factor, 0, 1, call.outputGradient().buffer(), scale.buffer());
    Broadcasting.binary(backend, BinaryOp.MUL, difference, scale, call.gradient(0));
  }
}
