package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;

/**
 * To a matrix: the axes before {@code axis} become the rows, the others the columns. ONNX Flatten
 * (1, 9, 11, 13).
 *
 * @param axis from -rank to rank, both included
 */
public record Flatten(int axis) implements View {

  @Override
  public String type() {
    return "Flatten";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    int at = axis < 0 ? axis + x.rank() : axis;
    if (at < 0 || at > x.rank()) {
      throw new ShapeException("Flatten at axis " + axis + " does not exist in " + x);
    }
    return List.of(Shape.ofSizes(x.product(0, at), x.product(at, x.rank())));
  }
}
