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
 * Mean of each window. ONNX AveragePool (1, 7, 10, 11, 19, 22).
 *
 * @param window the sliding window
 * @param countIncludePad divide by the window's positions within the padded input, rather than by
 *     those within the input
 */
public record AveragePool(Window window, boolean countIncludePad) implements Op {

  @Override
  public String type() {
    return "AveragePool";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    window.expectRank("AveragePool", x);
    return List.of(window.outputShape(x, x.dim(1)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.inFirstOnly(axes) == 0 ? 0 : Samples.MIXED;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    PoolGeometry g = Pooling.geometry(window, call.input(0).shape(), countIncludePad);
    call.backend().averagePool(g, call.input(0).buffer(), call.output().buffer());
  }

  /** Each output's gradient is spread evenly over its window. */
  @Override
  public void backward(Backward call) {
    PoolGeometry g = Pooling.geometry(window, call.inputShapes().get(0), countIncludePad);
    call.backend()
        .averagePoolGradient(g, call.outputGradient().buffer(), call.gradient(0).buffer());
  }
}
