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
 * Cross-entropy between targets and the sigmoid of logits, each number by itself, averaged over all
 * n of them: {@code loss = -1/n Σ t log σ(z) + (1 - t) log(1 - σ(z))}, computed as {@code 1/n Σ
 * max(z, 0) + log(1 + exp(-|z|)) - z t}, which overflows nowhere. Inputs: z and t in [0, 1], of one
 * shape. PyTorch's {@code nn.BCEWithLogitsLoss}.
 */
public record SigmoidCrossEntropy() implements Op {

  @Override
  public String type() {
    return "SigmoidCrossEntropy";
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new ShapeException(
          "logits " + inputs.get(0) + " and targets " + inputs.get(1) + " differ in shape");
    }
    return List.of(Shape.SCALAR);
  }

  /** The probabilities. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0));
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.inputs(1).andScratch() : Saves.NOTHING;
  }

  /** The positive parts, then products; and the terms. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(inputs.get(0), inputs.get(0));
  }

  /** The factor. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.SCALAR);
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape shape = call.input(0).shape();
    int n = shape.elements();
    Buffer z = call.input(0).buffer();
    backend.unary(UnaryOp.SIGMOID, 0, 0, n, z, call.scratch().get(0).buffer());
    Tensor part = call.temporary(0);
    Buffer positive = part.buffer();
    Buffer terms = call.temporary(1).buffer();
    backend.unary(UnaryOp.RELU, 0, 0, n, z, positive);
    // -|z| = z - 2 max(z, 0)
    backend.unary(UnaryOp.AFFINE, -2, 0, n, positive, terms);
    backend.axpy(n, 1, z, terms);
    backend.unary(UnaryOp.EXP, 0, 0, n, terms, terms);
    backend.unary(UnaryOp.AFFINE, 1, 1, n, terms, terms);
    backend.unary(UnaryOp.LOG, 0, 0, n, terms, terms);
    backend.axpy(n, 1, positive, terms);
    Broadcasting.binary(backend, BinaryOp.MUL, call.input(0), call.input(1), part);
    backend.axpy(n, -1, part.buffer(), terms);
    boolean[] all = new boolean[shape.rank()];
    Arrays.fill(all, true);
    backend.reduce(ReduceOp.MEAN, shape.toArray(), all, terms, call.output().buffer());
  }

  /** {@code dz = dloss / n (σ(z) - t)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor dz = call.gradient(0);
    int n = dz.shape().elements();
    Buffer scale = call.temporary(0).buffer();
    backend.unary(UnaryOp.AFFINE, 1.0 / n, 0, 1, call.outputGradient().buffer(), scale);
    Broadcasting.binary(backend, BinaryOp.SUB, call.scratch().get(0), call.input(1), dz);
    Broadcasting.binary(backend, BinaryOp.MUL, dz, call.temporary(0), dz);
  }
}
