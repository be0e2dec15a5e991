package dev.graft.core.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * The sizes of a tensor along its axes, all known and at least zero, with fewer than 2^31 elements
 * in all. A scalar has no axes. Immutable.
 */
public final class Shape {

  /** The shape of a single number: rank 0. */
  public static final Shape SCALAR = new Shape();

  private final int[] sizes;
  private final int elements;

  private Shape(int... sizes) {
    this.sizes = sizes;
    long product = 1;
    boolean empty = false;
    for (int size : sizes) {
      if (size < 0) {
        throw new ShapeException("a size of " + size + " in " + text(sizes));
      }
      empty |= size == 0;
      // Zeros left out, so that strides and partial products of an empty shape fit as well.
      product *= Math.max(1, size);
      if (product > Integer.MAX_VALUE) {
        throw new ShapeException(
            text(sizes) + " has more than 2^31 - 1 elements; use a smaller batch or image");
      }
    }
    this.elements = empty ? 0 : (int) product;
  }

  /**
   * @throws ShapeException if a size is negative or the elements number 2^31 or more
   */
  public static Shape of(int... sizes) {
    return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
  }

  /**
   * @throws ShapeException as {@link #of(int...)}
   */
  public static Shape of(List<Integer> sizes) {
    return of(sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /** Number of elements: the product of the sizes, 1 for a scalar. */
  public int elements() {
    return elements;
  }

  /** Size along {@code axis}; a negative axis counts from the end. */
  public int size(int axis) {
    return sizes[axis < 0 ? axis + sizes.length : axis];
  }

  /** A copy of the sizes. */
  public int[] toArray() {
    return sizes.clone();
  }

  /** Row-major strides, in elements. */
  public int[] strides() {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  /** Product of the sizes of the axes {@code from} (inclusive) to {@code to} (exclusive). */
  public int elements(int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= sizes[axis];
    }
    return product;
  }

  /** This shape with one size replaced. */
  public Shape with(int axis, int size) {
    int[] changed = sizes.clone();
    changed[axis < 0 ? axis + sizes.length : axis] = size;
    return new Shape(changed);
  }

  /**
   * The axis in 0 … rank-1 that {@code axis} means, where negative axes count from the end.
   *
   * @throws ShapeException if there is no such axis
   */
  public int axis(int axis) {
    int resolved = axis < 0 ? axis + sizes.length : axis;
    if (resolved < 0 || resolved >= sizes.length) {
      throw new ShapeException("axis " + axis + " does not exist in " + this);
    }
    return resolved;
  }

  /**
   * The common shape of two operands under NumPy's rules: aligned at the last axis, sizes equal or
   * one of them 1 (ONNX "multidirectional broadcasting").
   *
   * @throws ShapeException if two sizes differ and neither is 1
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] sizes = new int[rank];
    for (int back = 1; back <= rank; back++) {
      int left = back <= a.rank() ? a.size(-back) : 1;
      int right = back <= b.rank() ? b.size(-back) : 1;
      if (left != right && left != 1 && right != 1) {
        throw new ShapeException(
            a + " and " + b + " do not broadcast: " + left + " against " + right);
      }
      sizes[rank - back] = left == 1 ? right : left;
    }
    return Shape.of(sizes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** For example {@code [64,3,7,7]}; a scalar is {@code []}. */
  @Override
  public String toString() {
    return text(sizes);
  }

  private static String text(int[] sizes) {
    return Arrays.toString(sizes).replace(" ", "");
  }
}
