package dev.graft.core.op;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Cross-entropy between target distributions and the softmax of logits, averaged over the batch:
 * {@code loss = -1/N Σ_n Σ_k t[n,k] log softmax(z[n])_k}. Inputs {@code z [N,K]} and {@code t
 * [N,K]}; a row of zeros in t contributes nothing, which is how an unlabelled example takes part in
 * a batch. With one-hot targets this is PyTorch's {@code nn.CrossEntropyLoss}.
 */
public record SoftmaxCrossEntropy() implements Op {

  @Override
  public String type() {
    return "SoftmaxCrossEntropy";
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    if (inputs.get(0).rank() != 2 || !inputs.get(0).equals(inputs.get(1))) {
      throw new ShapeException(
          "cross-entropy expects logits and targets [N,K], found "
              + inputs.get(0)
              + " and "
              + inputs.get(1));
    }
    return List.of(Shape.SCALAR);
  }

  /** The logarithms of the softmax. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0));
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.inputs(1).andScratch() : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape z = call.input(0).shape();
    Tensor logs = call.scratch().get(0);
    backend.logSoftmax(z.size(0), z.size(1), 1, call.input(0).buffer(), logs.buffer());
    Tensor products = Tensor.allocate(backend, z);
    Broadcasting.binary(backend, BinaryOp.MUL, call.input(1), logs, products);
    boolean[] all = {true, true};
    backend.reduce(ReduceOp.SUM, z.toArray(), all, products.buffer(), call.output().buffer());
    backend.unary(
        UnaryOp.AFFINE, -1.0 / z.size(0), 0, 1, call.output().buffer(), call.output().buffer());
  }

  /** {@code dz = dloss / N (softmax(z) Σ_k t - t)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor target = call.input(1);
    Shape z = target.shape();
    Tensor scale = Tensor.allocate(backend, Shape.SCALAR);
    backend.unary(
        UnaryOp.AFFINE, -1.0 / z.size(0), 0, 1, call.outputGradient().buffer(), scale.buffer());
    Tensor dlogs = Tensor.allocate(backend, z);
    Broadcasting.binary(backend, BinaryOp.MUL, target, scale, dlogs);
    backend.logSoftmaxGradient(
        z.size(0),
        z.size(1),
        1,
        call.scratch().get(0).buffer(),
        dlogs.buffer(),
        call.gradient(0).buffer());
  }
}
