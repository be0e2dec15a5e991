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
import java.util.List;

/**
 * The soft part of the distillation loss (Hinton, Vinyals, Dean, "Distilling the Knowledge in a
 * Neural Network", 2015, section 2): the Kullback-Leibler divergence of the student from the
 * teacher at a temperature, {@code loss = T^2 / N Σ_n Σ_k p (log p - log q)} with {@code p =
 * softmax(teacher / T)} and {@code q = softmax(student / T)}. The factor {@code T^2} keeps the
 * gradients' size independent of T. Inputs: the logits of the student {@code [N,K]} and of the
 * teacher {@code [N,K]}. In PyTorch: {@code T * T * kl_div(log_softmax(s / T), softmax(t / T),
 * reduction="batchmean")}.
 *
 * @param temperature T, above 0
 */
public record Distillation(double temperature) implements Op {

  /**
   * @throws ShapeException if the temperature is not a positive number
   */
  public Distillation {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new ShapeException("distillation expects a temperature above 0, found " + temperature);
    }
  }

  @Override
  public String type() {
    return "Distillation";
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    if (inputs.get(0).rank() != 2 || !inputs.get(0).fits(inputs.get(1))) {
      throw new ShapeException(
          "student and teacher must have the same classes, found logits "
              + inputs.get(0)
              + " and "
              + inputs.get(1)
              + "; replace the student's head");
    }
    return List.of(Shape.SCALAR);
  }

  /** {@code log q} and {@code p}. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0), inputs.get(0));
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.NOTHING.andScratch() : Saves.NOTHING;
  }

  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(inputs.get(0), inputs.get(0));
  }

  /** The factor, and {@code q}. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.SCALAR, inputs.get(0));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape z = call.input(0).shape();
    Tensor logQ = call.scratch().get(0);
    Tensor p = call.scratch().get(1);
    Tensor difference = call.temporary(0);
    logSoftmax(call, 1, difference.buffer());
    backend.unary(UnaryOp.EXP, 0, 0, z.elements(), difference.buffer(), p.buffer());
    logSoftmax(call, 0, logQ.buffer());
    Broadcasting.binary(backend, BinaryOp.SUB, difference, logQ, difference);
    Broadcasting.binary(backend, BinaryOp.MUL, difference, p, difference);
    Buffer loss = call.output().buffer();
    backend.reduce(
        ReduceOp.SUM, z.toArray(), new boolean[] {true, true}, difference.buffer(), loss);
    backend.unary(UnaryOp.AFFINE, temperature * temperature / z.size(0), 0, 1, loss, loss);
  }

  private void logSoftmax(Forward call, int input, Buffer logs) {
    Shape z = call.input(input).shape();
    Buffer logits = call.input(input).buffer();
    Buffer scaled = call.temporary(1).buffer();
    call.backend().unary(UnaryOp.AFFINE, 1 / temperature, 0, z.elements(), logits, scaled);
    call.backend().logSoftmax(z.size(0), z.size(1), 1, scaled, logs);
  }

  /** {@code dstudent = dloss T / N (q - p)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor p = call.scratch().get(1);
    Shape z = p.shape();
    Tensor scale = call.temporary(0);
    backend.unary(
        UnaryOp.AFFINE,
        temperature / z.size(0),
        0,
        1,
        call.outputGradient().buffer(),
        scale.buffer());
    Tensor q = call.temporary(1);
    Buffer logQ = call.scratch().get(0).buffer();
    backend.unary(UnaryOp.EXP, 0, 0, z.elements(), logQ, q.buffer());
    Broadcasting.binary(backend, BinaryOp.SUB, q, p, q);
    Broadcasting.binary(backend, BinaryOp.MUL, q, scale, call.gradient(0));
  }
}
