package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes {@code x[start : end : step]} along some axes, with NumPy's rules: negative positions count
 * from the end, positions beyond the ends are clamped, a negative step walks backwards. ONNX Slice
 * (1, 10, 11, 13) with constant positions.
 *
 * @param starts first position, one for each of {@code axes}
 * @param ends position after the last
 * @param axes negative from the end, all different
 * @param steps not zero
 */
public record Slice(List<Long> starts, List<Long> ends, List<Integer> axes, List<Long> steps)
    implements Op {

  /**
   * @throws ShapeException if the lists differ in length or a step is zero
   */
  public Slice {
    starts = List.copyOf(starts);
    ends = List.copyOf(ends);
    axes = List.copyOf(axes);
    steps = List.copyOf(steps);
    int count = axes.size();
    if (starts.size() != count || ends.size() != count || steps.size() != count) {
      throw new ShapeException(
          "Slice expects one start, end and step for each axis, found starts "
              + starts
              + ", ends "
              + ends
              + ", axes "
              + axes
              + ", steps "
              + steps);
    }
    if (steps.contains(0L)) {
      throw new ShapeException("Slice expects steps other than 0, found " + steps);
    }
  }

  @Override
  public String type() {
    return "Slice";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(region(inputs.get(0)).shape());
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Tensor y = call.output();
    Region region = region(x.shape());
    call.backend()
        .copy(
            y.shape().toArray(),
            x.buffer(),
            region.offset(),
            region.strides(),
            0,
            y.shape().strides(),
            y.buffer());
  }

  /** {@code dx} is zero but for the positions that were taken. */
  @Override
  public void backward(Backward call) {
    Tensor dy = call.outputGradient();
    Tensor dx = call.gradient(0);
    Region region = region(dx.shape());
    call.backend().fill(dx.shape().elements(), 0, dx.buffer());
    call.backend()
        .copy(
            dy.shape().toArray(),
            dy.buffer(),
            0,
            dy.shape().strides(),
            region.offset(),
            region.strides(),
            dx.buffer());
  }

  /** The taken elements within x: what is left, where it starts, how it is walked. */
  private record Region(Shape shape, int offset, int[] strides) {}

  private Region region(Shape x) {
    int[] sizes = x.toArray();
    int[] strides = x.strides();
    int[] own = x.strides();
    int offset = 0;
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < axes.size(); i++) {
      int axis = x.axis(axes.get(i));
      if (!seen.add(axis)) {
        throw new ShapeException("Slice of " + x + " takes an axis of " + axes + " twice");
      }
      long size = x.size(axis);
      long step = steps.get(i);
      long start = position(starts.get(i), size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
      long end = position(ends.get(i), size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
      long count = step > 0 ? ceilDiv(end - start, step) : ceilDiv(start - end, -step);
      sizes[axis] = (int) Math.max(0, count);
      if (count > 1) {
        // Then |step| < size, so that this fits; else no step is taken, however long.
        strides[axis] = (int) step * own[axis];
      }
      offset += sizes[axis] == 0 ? 0 : (int) start * own[axis];
    }
    return new Region(Shape.of(sizes), offset, strides);
  }

  private static long position(long given, long size, long least, long most) {
    // Long.MIN_VALUE + size cannot underflow, and Long.MAX_VALUE is the usual "to the end".
    long absolute = given < 0 ? given + size : given;
    return Math.max(least, Math.min(most, absolute));
  }

  private static long ceilDiv(long a, long b) {
    return a <= 0 ? 0 : (a - 1) / b + 1;
  }
}
