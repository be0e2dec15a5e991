package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The axes of a tensor in another order, as a Transpose has them: axis i of {@code y} is axis
 * {@code places.get(i)} of {@code x}.
 *
 * @param places a permutation of 0 … rank-1
 */
public record AxisOrder(List<Integer> places) {

  /**
   * @throws IllegalArgumentException if it is no permutation
   */
  public AxisOrder {
    places = List.copyOf(places);
    boolean[] taken = new boolean[places.size()];
    for (int place : places) {
      if (place < 0 || place >= taken.length || taken[place]) {
        throw new IllegalArgumentException(places + " is no permutation of 0 to rank - 1");
      }
      taken[place] = true;
    }
  }

  /** Every axis in its place. */
  public static AxisOrder unchanged(int rank) {
    return new AxisOrder(ascending(rank));
  }

  private static List<Integer> ascending(int rank) {
    return IntStream.range(0, rank).boxed().toList();
  }

  public int rank() {
    return places.size();
  }

  /** Whether every axis is in its place. */
  public boolean isUnchanged() {
    for (int axis = 0; axis < places.size(); axis++) {
      if (places.get(axis) != axis) {
        return false;
      }
    }
    return true;
  }

  /** Where axis {@code axis} of y, negative from the end, lies in x. */
  public int axis(int axis) {
    return places.get(axis < 0 ? axis + rank() : axis);
  }

  /** Where these axes lie in x. */
  public List<Integer> axes(List<Integer> axes) {
    return axes.stream().map(this::axis).toList();
  }

  /** The order that makes x of y. */
  public AxisOrder inverse() {
    return new AxisOrder(IntStream.range(0, rank()).map(places::indexOf).boxed().toList());
  }

  /** This order of what has its axes in the order {@code first} already. */
  public AxisOrder after(AxisOrder first) {
    return new AxisOrder(first.axes(places));
  }

  /** The order of the axes that are left of y where these, negative from the end, are dropped. */
  public AxisOrder without(Collection<Integer> dropped) {
    List<Integer> left = new ArrayList<>(ascending(rank()));
    dropped.forEach(axis -> left.remove((Integer) (axis < 0 ? axis + rank() : axis)));
    List<Integer> kept = axes(left);
    List<Integer> inX = List.copyOf(new TreeSet<>(kept));
    return new AxisOrder(kept.stream().map(inX::indexOf).toList());
  }

  /** The shape of y, where that of x is {@code shape}. */
  public Shape of(Shape shape) {
    return Shape.ofSizes(places.stream().map(shape::dim).toList());
  }

  /**
   * Whether the elements of an x of this shape stay where they are, since only axes of size 1 move.
   */
  public boolean keepsElements(Shape shape) {
    int last = -1;
    for (int axis : places) {
      if (!shape.dim(axis).is(1)) {
        if (axis < last) {
          return false;
        }
        last = axis;
      }
    }
    return true;
  }
}
