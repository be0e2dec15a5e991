package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;

/**
 * The same elements under another shape. ONNX Reshape (5, 13, 14, 19) with a constant target and
 * {@code allowzero = 0}.
 *
 * @param target sizes; 0 keeps the input's size at that axis, one -1 takes what is left
 */
public record Reshape(List<Integer> target) implements View {

  public Reshape {
    target = List.copyOf(target);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    int[] sizes = new int[target.size()];
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < sizes.length; axis++) {
      int size = target.get(axis);
      if (size == -1 && open < 0) {
        open = axis;
        continue;
      }
      if (size < 0 || (size == 0 && axis >= x.rank())) {
        throw new ShapeException("Reshape of " + x + " to " + target + " is not possible");
      }
      sizes[axis] = size == 0 ? x.size(axis) : size;
      known *= sizes[axis];
    }
    if (open >= 0) {
      sizes[open] = known == 0 ? 0 : (int) (x.elements() / known);
    }
    Shape y = Shape.of(sizes);
    if (y.elements() != x.elements()) {
      throw new ShapeException(
          "Reshape to "
              + target
              + " does not fit "
              + x
              + " with its "
              + x.elements()
              + " elements; if the model was exported for one batch size, export it with a dynamic"
              + " batch axis");
    }
    return List.of(y);
  }
}
