package dev.graft.core.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a tensor along its axes. A tensor that exists has known sizes, at least zero, with
 * fewer than 2^31 elements in all; of a value of a graph some may still be open (see {@link Size}),
 * and then whoever asks for their number gets an {@link OpenSizeException}. A scalar has no axes.
 * Immutable.
 */
public final class Shape {

  /** The shape of a single number: rank 0. */
  public static final Shape SCALAR = new Shape();

  /** Stands in {@link #sizes} for a size that is open. */
  private static final int OPEN = -1;

  private final int[] sizes;

  /** One for each axis; null where all are known. */
  private final Size @Nullable [] open;

  private final int elements;

  private Shape(int[] sizes, Size[] open) {
    this.sizes = sizes;
    this.open = open;
    this.elements = OPEN;
  }

  private Shape(int... sizes) {
    this.sizes = sizes;
    this.open = null;
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

  /**
   * A shape whose sizes may be open.
   *
   * @throws ShapeException as {@link #of(int...)} where all are known, or if a known one is out of
   *     range
   */
  public static Shape ofSizes(Size... sizes) {
    int[] known = new int[sizes.length];
    boolean closed = true;
    for (int axis = 0; axis < sizes.length; axis++) {
      closed &= sizes[axis].isKnown();
      long size = sizes[axis].isKnown() ? sizes[axis].known() : OPEN;
      if (size > Integer.MAX_VALUE || (size < 0 && sizes[axis].isKnown())) {
        throw new ShapeException("a size of " + size + " in " + text(sizes));
      }
      known[axis] = (int) size;
    }
    return closed ? of(known) : new Shape(known, sizes.clone());
  }

  /**
   * @throws ShapeException as {@link #ofSizes(Size...)}
   */
  public static Shape ofSizes(List<Size> sizes) {
    return ofSizes(sizes.toArray(Size[]::new));
  }

  /** Whether a size is not known yet. */
  public boolean isOpen() {
    return open != null;
  }

  /** Number of axes. */
  public int rank() {
    return sizes.length;
  }

  /**
   * Number of elements: the product of the sizes, 1 for a scalar.
   *
   * @throws OpenSizeException if a size is open
   */
  public int elements() {
    expectKnown();
    return elements;
  }

  /**
   * Size along {@code axis}; a negative axis counts from the end.
   *
   * @throws OpenSizeException if it is open
   */
  public int size(int axis) {
    int size = sizes[axis < 0 ? axis + sizes.length : axis];
    if (size == OPEN) {
      throw new OpenSizeException("axis " + axis + " of " + this + " is still open; bind it first");
    }
    return size;
  }

  /** Size along {@code axis}, known or open; a negative axis counts from the end. */
  public Size dim(int axis) {
    int at = axis < 0 ? axis + sizes.length : axis;
    return open == null ? Size.of(sizes[at]) : open[at];
  }

  /** The sizes, known or open. */
  public List<Size> dims() {
    return IntStream.range(0, sizes.length).mapToObj(this::dim).toList();
  }

  private void expectKnown() {
    if (open != null) {
      throw new OpenSizeException("sizes of " + this + " are still open; bind them first");
    }
  }

  /**
   * A copy of the sizes.
   *
   * @throws OpenSizeException if one is open
   */
  public int[] toArray() {
    expectKnown();
    return sizes.clone();
  }

  /**
   * Row-major strides, in elements.
   *
   * @throws OpenSizeException if a size is open
   */
  public int[] strides() {
    expectKnown();
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  /**
   * Product of the sizes of the axes {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @throws OpenSizeException if one of them is open
   */
  public int elements(int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= size(axis);
    }
    return product;
  }

  /** The same product where sizes may be open. */
  public Size product(int from, int to) {
    Size product = Size.of(1);
    for (int axis = from; axis < to; axis++) {
      product = product.times(dim(axis));
    }
    return product;
  }

  /** This shape with one size replaced. */
  public Shape with(int axis, int size) {
    return with(axis, Size.of(size));
  }

  /** This shape with one size replaced by one that may be open. */
  public Shape with(int axis, Size size) {
    Size[] changed = dims().toArray(Size[]::new);
    changed[axis < 0 ? axis + sizes.length : axis] = size;
    return ofSizes(changed);
  }

  /** The axes {@code from} (inclusive) to {@code to} (exclusive) alone. */
  public Shape axes(int from, int to) {
    return ofSizes(dims().subList(from, to));
  }

  /** Whether all there is are {@code n} elements along the last axis. */
  public boolean isRow(int n) {
    return rank() > 0 && !isOpen() && size(-1) == n && elements() == n;
  }

  /** Whether it and {@code other} can be the same once every size is known. */
  public boolean fits(Shape other) {
    boolean fits = rank() == other.rank();
    for (int axis = 0; fits && axis < rank(); axis++) {
      fits = dim(axis).mayEqual(other.dim(axis));
    }
    return fits;
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
   * one of them 1 (ONNX "multidirectional broadcasting"). Open sizes are taken to fit.
   *
   * @throws ShapeException if two sizes differ and neither is 1
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    Size[] sizes = new Size[rank];
    for (int back = 1; back <= rank; back++) {
      Size left = back <= a.rank() ? a.dim(-back) : Size.of(1);
      Size right = back <= b.rank() ? b.dim(-back) : Size.of(1);
      if (!left.mayEqual(right) && !left.mayEqual(Size.of(1)) && !right.mayEqual(Size.of(1))) {
        throw new ShapeException(
            a + " and " + b + " do not broadcast: " + left + " against " + right);
      }
      // Of an open and a known size other than 1 the known one is the result, if there is any.
      boolean takesRight = left.is(1) || (right.isKnown() && !right.is(1));
      sizes[rank - back] = takesRight ? right : left;
    }
    return ofSizes(sizes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape
        && Arrays.equals(sizes, shape.sizes)
        && Arrays.equals(open, shape.open);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  /** For example {@code [64,3,7,7]} or {@code [N,3,height,width]}; a scalar is {@code []}. */
  @Override
  public String toString() {
    return open == null ? text(sizes) : text(open);
  }

  private static String text(int[] sizes) {
    return Arrays.toString(sizes).replace(" ", "");
  }

  private static String text(Size[] sizes) {
    return Arrays.toString(sizes).replace(" ", "");
  }
}
