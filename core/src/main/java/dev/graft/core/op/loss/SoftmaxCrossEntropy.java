package dev.graft.core.op.loss;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
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
import java.util.List;

/**
 * Cross-entropy between target distributions and the softmax of logits, averaged over the batch:
 * {@code loss = -1/N Σ_n Σ_k t[n,k] log softmax(z[n])_k}. Inputs {@code z [N,K]} and {@code t
 * [N,K]}; a row of zeros in t contributes nothing, which is how an unlabelled example takes part in
 * a batch. With one-hot targets this is PyTorch's {@code nn.CrossEntropyLoss}.
 *
 * <p>Label smoothing (Szegedy et al., CVPR 2016, section 7) replaces t by {@code (1 - smoothing) t
 * + smoothing / K Σ_k t}.
 *
 * @param smoothing share of the target spread evenly over all classes, at least 0, below 1
 */
public record SoftmaxCrossEntropy(double smoothing) implements Op {

  /**
   * @throws ShapeException if the smoothing is not in [0, 1)
   */
  public SoftmaxCrossEntropy {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new ShapeException("label smoothing expects a share in [0, 1), found " + smoothing);
    }
  }

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

  /** The logarithms of the softmax, and the smoothed targets where they differ. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    Shape z = inputs.get(0);
    return smoothing > 0 ? List.of(z, z) : List.of(z);
  }

  @Override
  public Saves saves(Needs needs) {
    if (!needs.of(0)) {
      return Saves.NOTHING;
    }
    return (smoothing > 0 ? Saves.NOTHING : Saves.inputs(1)).andScratch();
  }

  /** The products of targets and logarithms, and the shares that smoothing spreads. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    Shape z = inputs.get(0);
    return smoothing > 0 ? List.of(z, Shape.of(z.size(0), 1)) : List.of(z);
  }

  /** The factor, and the gradient to the logarithms. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.SCALAR, inputs.get(0));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape z = call.input(0).shape();
    Tensor logs = call.scratch().get(0);
    backend.logSoftmax(z.size(0), z.size(1), 1, call.input(0).buffer(), logs.buffer());
    Tensor products = call.temporary(0);
    Tensor target = call.input(1);
    if (smoothing > 0) {
      smooth(backend, target, call.temporary(1), call.scratch().get(1));
      target = call.scratch().get(1);
    }
    Broadcasting.binary(backend, BinaryOp.MUL, target, logs, products);
    boolean[] all = {true, true};
    backend.reduce(ReduceOp.SUM, z.toArray(), all, products.buffer(), call.output().buffer());
    backend.unary(
        UnaryOp.AFFINE, -1.0 / z.size(0), 0, 1, call.output().buffer(), call.output().buffer());
  }

  /** {@code dz = dloss / N (softmax(z) Σ_k t - t)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor target = smoothing > 0 ? call.scratch().get(1) : call.input(1);
    Shape z = target.shape();
    Tensor scale = call.temporary(0);
    backend.unary(
        UnaryOp.AFFINE, -1.0 / z.size(0), 0, 1, call.outputGradient().buffer(), scale.buffer());
    Tensor dlogs = call.temporary(1);
    Broadcasting.binary(backend, BinaryOp.MUL, target, scale, dlogs);
    backend.logSoftmaxGradient(
        z.size(0),
        z.size(1),
        1,
        call.scratch().get(0).buffer(),
        dlogs.buffer(),
        call.gradient(0).buffer());
  }

  private void smooth(Backend backend, Tensor target, Tensor share, Tensor smoothed) {
    Shape z = target.shape();
    boolean[] classes = {false, true};
    backend.reduce(ReduceOp.SUM, z.toArray(), classes, target.buffer(), share.buffer());
    backend.unary(
        UnaryOp.AFFINE, smoothing / z.size(1), 0, z.size(0), share.buffer(), share.buffer());
    backend.unary(
        UnaryOp.AFFINE, 1 - smoothing, 0, z.elements(), target.buffer(), smoothed.buffer());
    Broadcasting.binary(backend, BinaryOp.ADD, smoothed, share, smoothed);
  }
}
