package dev.graft.core.op.reduction;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The largest element over some axes, NaN if any is NaN; negative infinity over nothing. ONNX
 * ReduceMax (1, 11, 12, 13, 18, 20) with constant axes.
 *
 * @param axes negative from the end; empty means all
 * @param keepDims whether the reduced axes stay, with size 1
 */
public record ReduceMax(List<Integer> axes, boolean keepDims) implements AxisReduction {

  public ReduceMax {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "ReduceMax";
  }

  @Override
  public ReduceMax over(List<Integer> axes) {
    return new ReduceMax(axes, keepDims);
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? new Saves(Set.of(0), Set.of(0), false) : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Shape shape = x.shape();
    call.backend()
        .reduce(ReduceOp.MAX, shape.toArray(), reduced(shape), x.buffer(), call.output().buffer());
  }

  /** Where x is largest, and how often. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    List<Shape> shapes = new ArrayList<>(List.of(inputs.get(0)));
    shapes.addAll(outputShapes(inputs));
    return shapes;
  }

  /** Equal largest elements share {@code dy}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor x = call.input(0);
    int[] shape = x.shape().toArray();
    int[] dense = x.shape().strides();
    int[] repeated = repeated(x.shape());
    Buffer largest = call.temporary(0).buffer();
    Tensor count = call.temporary(1);
    backend.binary(
        BinaryOp.EQUAL, shape, x.buffer(), dense, call.output().buffer(), repeated, largest);
    backend.reduce(ReduceOp.SUM, shape, reduced(x.shape()), largest, count.buffer());
    int[] ofOutput = count.shape().strides();
    backend.binary(
        BinaryOp.DIV,
        count.shape().toArray(),
        call.outputGradient().buffer(),
        ofOutput,
        count.buffer(),
        ofOutput,
        count.buffer());
    backend.copy(shape, count.buffer(), 0, repeated, 0, dense, call.gradient(0).buffer());
    backend.binary(
        BinaryOp.KEEP,
        shape,
        call.gradient(0).buffer(),
        dense,
        largest,
        dense,
        call.gradient(0).buffer());
  }
}
