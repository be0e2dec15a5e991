package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
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
    Shape x = inputs.get(0);
    expectDifferent(x);
    Size[] sizes = x.dims().toArray(Size[]::new);
    for (int i = 0; i < axes.size(); i++) {
      int axis = x.axis(axes.get(i));
      sizes[axis] = taken(i, sizes[axis]);
    }
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  public boolean movesElements() {
    return true;
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int samples = axes.get(0);
    boolean cut = this.axes.stream().anyMatch(a -> inputs.get(0).shape().axis(a) == samples);
    return cut ? Samples.MIXED : samples;
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(new Slice(starts, ends, order.axes(axes), steps), order);
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
    for (int i = 0; i < axes.size(); i++) {
      int axis = x.axis(axes.get(i));
      long step = steps.get(i);
      long start = position(starts.get(i), step, x.size(axis));
      long count = count(i, x.size(axis));
      sizes[axis] = (int) count;
      if (count > 1) {
        // Then |step| < size, so that this fits; else no step is taken, however long.
        strides[axis] = (int) step * own[axis];
      }
      offset += count == 0 ? 0 : (int) start * own[axis];
    }
    return new Region(Shape.of(sizes), offset, strides);
  }

  private void expectDifferent(Shape x) {
    Set<Integer> seen = new HashSet<>();
    for (int axis : axes) {
      if (!seen.add(x.axis(axis))) {
        throw new ShapeException("Slice of " + x + " takes an axis of " + axes + " twice");
      }
    }
  }

  /** How many positions entry {@code i} takes of an axis whose size may be open. */
  private Size taken(int i, Size size) {
    if (size.isKnown()) {
      return Size.of(count(i, size.known()));
    }
    boolean whole =
        steps.get(i) == 1 && starts.get(i) == 0 && ends.get(i) >= Integer.MAX_VALUE
            || steps.get(i) == -1 && starts.get(i) == -1 && ends.get(i) < -Integer.MAX_VALUE;
    String text = size + "[" + starts.get(i) + ":" + ends.get(i) + ":" + steps.get(i) + "]";
    return whole
        ? size
        : Size.unknown(text, List.of("slice", size, starts.get(i), ends.get(i), steps.get(i)));
  }

  private long count(int i, long size) {
    long step = steps.get(i);
    long start = position(starts.get(i), step, size);
    long end = position(ends.get(i), step, size);
    return Math.max(0, step > 0 ? ceilDiv(end - start, step) : ceilDiv(start - end, -step));
  }

  private static long position(long given, long step, long size) {
    return step > 0 ? position(given, size, 0, size) : position(given, size, -1, size - 1);
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
