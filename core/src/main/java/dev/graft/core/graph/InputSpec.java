package dev.graft.core.graph;

import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph input: its name, what its elements are, and its sizes, each fixed or open. An open size
 * has a name, by which it can be bound; it is told from others by the input and the axis that it
 * belongs to, since files call several axes by one name. Only the number of samples, {@link
 * Size#BATCH}, is the same for all inputs: it is the open size of the first axis, unless another
 * axis has it.
 *
 * @param name the value's name
 * @param type what is fed
 * @param shape one size for each axis
 */
public record InputSpec(String name, ElementType type, Shape shape) {

  /** Names the open sizes: the batch, and each other one by its own name, made unique. */
  public InputSpec {
    List<Size> given = shape.dims();
    Size[] sizes = given.toArray(Size[]::new);
    Set<String> names = new HashSet<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis].isKnown() || sizes[axis].equals(Size.BATCH)) {
        continue;
      }
      if (axis == 0 && !given.contains(Size.BATCH)) {
        sizes[axis] = Size.BATCH;
      } else {
        String wanted = sizes[axis].toString();
        boolean taken = wanted.equals(Size.BATCH.toString()) || !names.add(wanted);
        sizes[axis] = Size.open(taken ? wanted + "." + axis : wanted, name + "." + axis);
      }
    }
    shape = Shape.ofSizes(sizes);
  }

  /** A float input {@code [N, item…]} with an open batch. */
  public static InputSpec batched(String name, Shape item) {
    return batched(name, ElementType.FLOAT32, item);
  }

  /** An input {@code [N, item…]} with an open batch. */
  public static InputSpec batched(String name, ElementType type, Shape item) {
    Size[] sizes = new Size[item.rank() + 1];
    sizes[0] = Size.BATCH;
    for (int axis = 0; axis < item.rank(); axis++) {
      sizes[axis + 1] = item.dim(axis);
    }
    return new InputSpec(name, type, Shape.ofSizes(sizes));
  }

  /** What is known of the value before anything is fed. */
  public Fact fact() {
    return Fact.of(type, shape);
  }

  /** The axis of the samples; -1 if their number is not open. */
  public int batchAxis() {
    return shape.dims().indexOf(Size.BATCH);
  }

  /** Whether the first axis is that of the samples, and open. */
  public boolean isBatched() {
    return batchAxis() == 0;
  }

  /** The shape for {@code size} samples; other open sizes stay open. */
  public Shape bind(int size) {
    return bind(Map.of(Size.BATCH.toString(), size));
  }

  /**
   * The shape with the open sizes of these names bound; others stay open.
   *
   * @param sizes by name; the batch is {@code N}
   */
  public Shape bind(Map<String, Integer> sizes) {
    Size[] bound = shape.dims().toArray(Size[]::new);
    for (int axis = 0; axis < bound.length; axis++) {
      Integer size = bound[axis].isKnown() ? null : sizes.get(bound[axis].toString());
      bound[axis] = size == null ? bound[axis] : Size.of(size);
    }
    return Shape.ofSizes(bound);
  }

  /**
   * This input with other sizes.
   *
   * @throws ShapeException if the rank or a fixed size differs
   */
  public InputSpec with(Shape shape) {
    check(shape);
    return new InputSpec(name, type, shape);
  }

  /**
   * Checks a tensor that is about to be fed.
   *
   * @throws ShapeException if the type, the rank or a fixed size differs
   */
  public void check(Tensor fed) {
    if (fed.type() != type) {
      throw new ShapeException("input " + name + " expects " + type + ", found " + fed.type());
    }
    check(fed.shape());
  }

  /**
   * Checks the sizes of what is about to be fed.
   *
   * @throws ShapeException if the rank or a fixed size differs
   */
  public void check(Shape fed) {
    if (!shape.fits(fed)) {
      throw new ShapeException("input " + name + " expects " + this + ", found " + fed);
    }
  }

  /** For example {@code [N,3,224,224]}; the type goes before it where that is not float32. */
  @Override
  public String toString() {
    return (type == ElementType.FLOAT32 ? "" : type + " ") + shape;
  }
}
