package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Op;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same elements under another shape. ONNX Reshape (5, 13, 14, 19) with {@code allowzero = 0}.
 *
 * @param target sizes; 0 keeps the input's size at that axis, one -1 takes what is left; null where
 *     they are the numbers of a second input, which are known once the graph's inputs are
 */
public record Reshape(@Nullable List<Integer> target) implements View {

  public Reshape {
    target = target == null ? null : List.copyOf(target);
  }

  /** To the sizes that a second input holds. */
  public static Reshape toInput() {
    return new Reshape(null);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public Op resized(int before, int after) {
    return target == null
        ? this
        : new Reshape(target.stream().map(size -> size == before ? after : size).toList());
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    if (target == null) {
      throw new OpenSizeException("Reshape to a second input depends on its numbers");
    }
    Arity.expect(this, inputs, 1);
    return List.of(shape(inputs.get(0), target.stream().map(Size::of).toList()));
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    if (target != null) {
      return View.super.infer(inputs);
    }
    Arity.expect(this, inputs, 2);
    Fact x = inputs.get(0);
    List<Size> sizes = inputs.get(1).expectNumbers();
    return List.of(new Fact(x.type(), shape(x.shape(), sizes), x.numbers()));
  }

  private static Shape shape(Shape x, List<Size> target) {
    try {
      Shape shape = resolved(x, target);
      if (shape.product(0, shape.rank()).mayEqual(x.product(0, x.rank()))) {
        return shape;
      }
    } catch (ShapeException e) {
      // A size that is negative or kept of an axis that is not there, or more elements than any
      // tensor has.
    }
    throw new ShapeException(
        "Reshape to "
            + target
            + " does not fit "
            + x
            + (x.isOpen() ? "" : " with its " + x.elements() + " elements")
            + "; if the model was exported for one batch size, export it with a dynamic batch axis");
  }

  private static Shape resolved(Shape x, List<Size> target) {
    Size[] sizes = new Size[target.size()];
    int left = -1;
    // Products without the axes that are kept: they cancel, also where one is empty.
    Size known = Size.of(1);
    Size given = Size.of(1);
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean kept = axis < sizes.length && target.get(axis).is(0);
      given = kept ? given : given.times(x.dim(axis));
    }
    for (int axis = 0; axis < sizes.length; axis++) {
      Size size = target.get(axis);
      boolean kept = size.is(0);
      if (size.is(-1) && left < 0) {
        left = axis;
        continue;
      }
      if (size.isKnown() && size.known() < 0 || kept && axis >= x.rank()) {
        throw new ShapeException("Reshape of " + x + " to " + target + " is not possible");
      }
      sizes[axis] = kept ? x.dim(axis) : size;
      known = kept ? known : known.times(size);
    }
    if (left >= 0) {
      sizes[left] = given.over(known);
    }
    return Shape.ofSizes(sizes);
  }
}
