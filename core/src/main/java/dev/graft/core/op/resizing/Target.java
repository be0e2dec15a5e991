package dev.graft.core.op.resizing;

import dev.graft.core.op.AxisOrder;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.List;

/**
 * How large each axis becomes.
 *
 * @param scales factor of each axis, above 0, of which the new size is the product cut off; empty
 *     where sizes are given
 * @param sizes of each axis, 0 to keep it; empty where scales are given
 */
public record Target(List<Double> scales, List<Integer> sizes) {

  /**
   * @throws ShapeException if not exactly one is given, or one is out of range
   */
  public Target {
    scales = List.copyOf(scales);
    sizes = List.copyOf(sizes);
    if (scales.isEmpty() == sizes.isEmpty()
        || scales.stream().anyMatch(scale -> !(scale > 0) || scale.isInfinite())
        || sizes.stream().anyMatch(size -> size < 0)) {
      throw new ShapeException(
          "Resize expects scales above 0 or sizes, found scales " + scales + ", sizes " + sizes);
    }
  }

  /** Factors of all axes. */
  public static Target scales(Double... scales) {
    return new Target(List.of(scales), List.of());
  }

  /** Sizes of all axes. */
  public static Target sizes(Integer... sizes) {
    return new Target(List.of(), List.of(sizes));
  }

  /** The same for axes that lie in x as {@code order} says where they are in y. */
  Target moved(AxisOrder order) {
    List<Integer> from = order.inverse().places();
    return sizes.isEmpty()
        ? new Target(from.stream().map(scales::get).toList(), List.of())
        : new Target(List.of(), from.stream().map(sizes::get).toList());
  }

  private int axes() {
    return Math.max(scales.size(), sizes.size());
  }

  void expectRank(Shape x) {
    if (x.rank() != axes()) {
      throw new ShapeException("Resize of " + axes() + " axes does not fit " + x);
    }
  }

  /** Whether an axis can get another size. */
  boolean touches(int axis) {
    return sizes.isEmpty() ? scales.get(axis) != 1 : sizes.get(axis) != 0;
  }

  /** The new size of an axis, in float32 as others compute it. */
  Size size(int axis, Size in) {
    if (!touches(axis)) {
      return in;
    }
    if (!sizes.isEmpty()) {
      return Size.of(sizes.get(axis));
    }
    double scale = scales.get(axis);
    if (in.isKnown()) {
      double out = Math.floor((float) in.known() * (float) scale);
      if (out > Integer.MAX_VALUE / 4) {
        throw new ShapeException("Resize of an axis of " + in + " by " + scale + " is too large");
      }
      return Size.of((long) out);
    }
    return scale == Math.rint(scale)
        ? in.times(Size.of((long) scale))
        : Size.unknown("floor(" + in + "*" + scale + ")", List.of("resized", in, scale));
  }

  /** The factor of an axis whose sizes are known. */
  double scale(int axis, int in, int out) {
    return sizes.isEmpty() ? scales.get(axis) : (double) out / in;
  }
}
