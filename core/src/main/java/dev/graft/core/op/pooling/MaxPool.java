package dev.graft.core.op.pooling;

import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Largest element of each window; padding never wins, and of equal elements the first. ONNX MaxPool
 * (1, 8, 10, 11, 12) without its index output.
 *
 * @param window the sliding window
 */
public record MaxPool(Window window) implements Op {

  @Override
  public String type() {
    return "MaxPool";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    window.expectRank("MaxPool", x);
    return List.of(window.outputShape(x, x.dim(1)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.inFirstOnly(axes) == 0 ? 0 : Samples.MIXED;
  }

  /** The winner of each window. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return needs.any() ? outputShapes(inputs) : List.of();
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.any() ? Saves.NOTHING.andScratch() : Saves.NOTHING;
  }

  /** Its sizes for an input of that shape. */
  public PoolGeometry geometry(Shape x) {
    return Pooling.geometry(window, x, false);
  }

  @Override
  public void forward(Forward call) {
    PoolGeometry g = geometry(call.input(0).shape());
    call.backend()
        .maxPool(
            g,
            call.input(0).buffer(),
            call.scratch().isEmpty() ? null : call.scratch().get(0).buffer(),
            call.output().buffer());
  }

  /** Each output's gradient goes to its winner. */
  @Override
  public void backward(Backward call) {
    PoolGeometry g = geometry(call.inputShapes().get(0));
    call.backend()
        .maxPoolGradient(
            g,
            call.scratch().get(0).buffer(),
            call.outputGradient().buffer(),
            call.gradient(0).buffer());
  }
}
