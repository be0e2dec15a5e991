package dev.graft.core.graph;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;

/**
 * A graph input: its name and sizes, where {@link #DYNAMIC} stands for a size known only when it is
 * fed, usually the batch.
 *
 * @param name the value's name
 * @param sizes one for each axis
 */
public record InputSpec(String name, List<Integer> sizes) {

  /** A size that is known only at run time. */
  public static final int DYNAMIC = -1;

  /**
   * @throws ShapeException if a size is neither DYNAMIC nor at least 0
   */
  public InputSpec {
    sizes = List.copyOf(sizes);
    for (int size : sizes) {
      if (size < DYNAMIC) {
        throw new ShapeException("input " + name + " has a size of " + size);
      }
    }
  }

  /** An input {@code [N, item…]} with a dynamic batch. */
  public static InputSpec batched(String name, Shape item) {
    Integer[] sizes = new Integer[item.rank() + 1];
    sizes[0] = DYNAMIC;
    for (int axis = 0; axis < item.rank(); axis++) {
      sizes[axis + 1] = item.size(axis);
    }
    return new InputSpec(name, List.of(sizes));
  }

  /** The shape with every dynamic size replaced by {@code size}. */
  public Shape bind(int size) {
    return Shape.of(sizes.stream().map(s -> s == DYNAMIC ? size : s).toList());
  }

  /** Whether the first axis may have any size. */
  public boolean isBatched() {
    return !sizes.isEmpty() && sizes.get(0) == DYNAMIC;
  }

  /**
   * Checks a tensor that is about to be fed.
   *
   * @throws ShapeException if the rank or a fixed size differs
   */
  public void check(Shape fed) {
    boolean fits = fed.rank() == sizes.size();
    for (int axis = 0; fits && axis < sizes.size(); axis++) {
      fits = sizes.get(axis) == DYNAMIC || sizes.get(axis) == fed.size(axis);
    }
    if (!fits) {
      throw new ShapeException("input " + name + " expects " + this + ", found " + fed);
    }
  }

  /** For example {@code [N,3,224,224]}. */
  @Override
  public String toString() {
    return sizes.toString().replace("-1", "N").replace(" ", "");
  }
}
