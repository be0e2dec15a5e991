package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Shape;
import java.util.List;

/** {@code y = x}. ONNX Identity (1, 13, 14). */
public record Identity() implements View {

  @Override
  public String type() {
    return "Identity";
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return inputs;
  }
}
