package dev.graft.core.op.pooling;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/** Largest element over all spatial positions. ONNX GlobalMaxPool (1). */
public record GlobalMaxPool() implements Op {

  @Override
  public String type() {
    return "GlobalMaxPool";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(Pooling.globalShape(this, inputs.get(0)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0) < 2 ? axes.get(0) : Samples.MIXED;
  }

  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return needs.any() ? outputShapes(inputs) : List.of();
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.any() ? Saves.NOTHING.andScratch() : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    call.backend()
        .maxPool(
            Pooling.global(call.input(0).shape()),
            call.input(0).buffer(),
            call.scratch().isEmpty() ? null : call.scratch().get(0).buffer(),
            call.output().buffer());
  }

  /** Each plane's gradient goes to its first largest element. */
  @Override
  public void backward(Backward call) {
    call.backend()
        .maxPoolGradient(
            Pooling.global(call.inputShapes().get(0)),
            call.scratch().get(0).buffer(),
            call.outputGradient().buffer(),
            call.gradient(0).buffer());
  }
}
