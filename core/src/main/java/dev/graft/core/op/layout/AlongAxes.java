package dev.graft.core.op.layout;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Operations that work along several axes, one after the other: {@code x -> t0 -> t1 -> … -> y}.
 * What they do along one axis has the last word here, see {@link Step}.
 */
public final class AlongAxes {

  private AlongAxes() {}

  /** What is done along one axis: from a smaller number of axes done to the next. */
  @FunctionalInterface
  public interface Step {
    /**
     * @param axis the axis
     * @param before done along the axes before it
     * @param after done along this one too
     */
    void run(int axis, Tensor before, Tensor after);
  }

  /** Shapes of the results between x and y, for the axes that are touched. */
  public static List<Shape> steps(Shape x, Shape y, IntPredicate touches) {
    List<Integer> axes = axes(x, touches);
    List<Shape> steps = new ArrayList<>();
    Shape shape = x;
    for (int i = 0; i < axes.size() - 1; i++) {
      shape = shape.with(axes.get(i), y.dim(axes.get(i)));
      steps.add(shape);
    }
    return steps;
  }

  /** The axes that are worked along, in order. */
  public static List<Integer> axes(Shape x, IntPredicate touches) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (touches.test(axis)) {
        axes.add(axis);
      }
    }
    // An identity still has to write its output.
    return axes.isEmpty() && x.rank() > 0 ? List.of(0) : axes;
  }

  /** From x to y; a step reads {@code before} and writes {@code after}. */
  public static void forward(
      Tensor x, Tensor y, List<Tensor> between, IntPredicate touches, Step step) {
    List<Integer> axes = axes(x.shape(), touches);
    for (int i = 0; i < axes.size(); i++) {
      step.run(axes.get(i), at(i, x, y, between), at(i + 1, x, y, between));
    }
  }

  /** From the gradient of y to that of x; a step reads {@code after} and writes {@code before}. */
  public static void backward(
      Tensor dx, Tensor dy, List<Tensor> between, IntPredicate touches, Step step) {
    List<Integer> axes = axes(dx.shape(), touches);
    for (int i = axes.size() - 1; i >= 0; i--) {
      step.run(axes.get(i), at(i, dx, dy, between), at(i + 1, dx, dy, between));
    }
  }

  private static Tensor at(int i, Tensor first, Tensor last, List<Tensor> between) {
    return i == 0 ? first : i > between.size() ? last : between.get(i - 1);
  }

  /** {@code y[…, i, …] = x[…, sources[i], …]} along an axis. */
  public static void gather(Backend backend, int[] sources, int axis, Tensor x, Tensor y) {
    Shape shape = x.shape();
    backend.gather(
        shape.elements(0, axis),
        shape.size(axis),
        shape.elements(axis + 1, shape.rank()),
        sources,
        x.buffer(),
        y.buffer());
  }

  /** The gradient of {@link #gather}. */
  public static void scatter(Backend backend, int[] sources, int axis, Tensor dy, Tensor dx) {
    Shape shape = dx.shape();
    backend.scatterAdd(
        shape.elements(0, axis),
        shape.size(axis),
        shape.elements(axis + 1, shape.rank()),
        sources,
        dy.buffer(),
        dx.buffer());
  }
}
