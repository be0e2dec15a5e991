package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Op;
import dev.graft.core.op.View;
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

  /** More elements than a shape can have; a product stops growing there. */
  private static final long TOO_MANY = 1L << 31;

  public Reshape {
    target = List.copyOf(target);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public Op resized(int before, int after) {
    return new Reshape(target.stream().map(size -> size == before ? after : size).toList());
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    int[] sizes = new int[target.size()];
    int open = -1;
    // Products without the axes that are kept: they cancel, also where one is empty.
    long known = 1;
    long given = 1;
    for (int axis = 0; axis < x.rank(); axis++) {
      given *= axis < sizes.length && target.get(axis) == 0 ? 1 : x.size(axis);
    }
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
      known = Math.min(TOO_MANY, known * Math.max(1, size));
    }
    if (open >= 0) {
      sizes[open] = (int) (given / known);
      known *= sizes[open];
    }
    // Without an open axis a kept axis of size 0 fits whatever the others are.
    if (open >= 0 ? known != given : elements(sizes) != x.elements()) {
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
    return List.of(Shape.of(sizes));
  }

  private static long elements(int[] sizes) {
    long elements = 1;
    for (int size : sizes) {
      elements = Math.min(TOO_MANY, elements * size);
    }
    return elements;
  }
}
