package dev.graft.core.op.activation;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * {@code x where x > 0, else slope x} with slopes that are learnt (He et al., ICCV 2015). Inputs: x
 * and slopes, which are broadcast to it: {@code [C,1,1]} for one a channel. ONNX PRelu (7, 9, 16).
 */
public record PRelu() implements Op {

  @Override
  public String type() {
    return "PRelu";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(1);
  }

  /** As the paper has it. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return Initializer.filled(0.25);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    Shape x = inputs.get(0);
    if (!Shape.broadcast(x, inputs.get(1)).equals(x)) {
      throw new ShapeException(
          "PRelu expects slopes that repeat over " + x + ", found " + inputs.get(1));
    }
    return List.of(x);
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.broadcast(Fact.shapes(inputs), axes);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.inputs(0, 1) : needs.of(1) ? Saves.inputs(0) : Saves.NOTHING;
  }

  /** What is negative. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor x = call.input(0);
    Tensor y = call.output();
    Tensor negative = call.temporary(0);
    int n = x.shape().elements();
    negativePart(backend, x, negative);
    Broadcasting.binary(backend, BinaryOp.MUL, negative, call.input(1), negative);
    backend.unary(UnaryOp.RELU, 0, 0, n, x.buffer(), y.buffer());
    Broadcasting.binary(backend, BinaryOp.ADD, y, negative, y);
  }

  private static void negativePart(Backend backend, Tensor x, Tensor y) {
    int n = x.shape().elements();
    backend.unary(UnaryOp.CLIP, Double.NEGATIVE_INFINITY, 0, n, x.buffer(), y.buffer());
  }

  /** The positive or negative part of x, and a product. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0), inputs.get(0));
  }

  /** {@code dx = dy where x > 0, else slope dy}; {@code dslope = Σ dy x where x < 0}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor x = call.input(0);
    Tensor dy = call.outputGradient();
    Tensor part = call.temporary(0);
    Tensor product = call.temporary(1);
    if (call.needs().of(1)) {
      negativePart(backend, x, part);
      Broadcasting.binary(backend, BinaryOp.MUL, part, dy, product);
      Broadcasting.sumTo(backend, product, call.gradient(1));
    }
    if (call.needs().of(0)) {
      Tensor dx = call.gradient(0);
      backend.unary(UnaryOp.RELU, 0, 0, x.shape().elements(), x.buffer(), part.buffer());
      Broadcasting.binary(backend, BinaryOp.MUL, dy, call.input(1), product);
      Broadcasting.binary(backend, BinaryOp.DROP, product, part, product);
      Broadcasting.binary(backend, BinaryOp.KEEP, dy, part, dx);
      Broadcasting.binary(backend, BinaryOp.ADD, dx, product, dx);
    }
  }
}
