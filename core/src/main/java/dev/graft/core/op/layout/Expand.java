package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Repeats a tensor by NumPy's rules of broadcasting. ONNX Expand (8, 13) with a known shape.
 *
 * @param sizes aligned at the last axis; 1 keeps the size that x has
 */
public record Expand(List<Integer> sizes) implements Op {

  public Expand {
    sizes = List.copyOf(sizes);
  }

  @Override
  public String type() {
    return "Expand";
  }

  @Override
  public boolean movesElements() {
    return true;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(Shape.broadcast(inputs.get(0), Shape.of(sizes)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    Shape x = inputs.get(0).shape();
    // An axis that is open is kept only where nothing is asked of it.
    int axis = axes.get(0);
    int asked = sizes.size() - x.rank() + axis;
    return asked >= 0 && sizes.get(asked) != 1
        ? Samples.MIXED
        : axis + Math.max(0, sizes.size() - x.rank());
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Shape y = call.output().shape();
    int[] strides = Broadcasting.strides(x.shape(), y);
    call.backend()
        .copy(y.toArray(), x.buffer(), 0, strides, 0, y.strides(), call.output().buffer());
  }

  /** {@code dx = Σ dy} over the repeated axes. */
  @Override
  public void backward(Backward call) {
    Broadcasting.sumTo(call.backend(), call.outputGradient(), call.gradient(0));
  }
}
