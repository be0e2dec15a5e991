package dev.graft.core.op.resizing;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.op.layout.AlongAxes;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes axes longer or shorter, each element interpolated between those around its position. ONNX
 * Upsample (7, 9) and Resize (10, 11, 13, 18, 19) with known scales or sizes. One axis after the
 * other: a choice of elements where the nearest one counts, else a product with a matrix of the
 * weights.
 *
 * @param target scales or sizes
 * @param interpolation what an element is made of
 * @param coordinates where it lies
 * @param nearest how its position is rounded, where the nearest element counts
 */
public record Resize(
    Target target, Interpolation interpolation, Coordinates coordinates, Nearest nearest)
    implements Op {

  @Override
  public String type() {
    return "Resize";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    target.expectRank(x);
    Size[] sizes = new Size[x.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = target.size(axis, x.dim(axis));
      if (x.dim(axis).is(0) && !sizes[axis].is(0)) {
        throw new ShapeException("Resize of " + x + " has nothing to take along axis " + axis);
      }
    }
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return target.touches(axes.get(0)) ? Samples.MIXED : axes.get(0);
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(
        new Resize(target.moved(order), interpolation, coordinates, nearest), order);
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** The results axis after axis, and the matrix for each. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape y = outputShapes(inputs).get(0);
    List<Shape> shapes = new ArrayList<>(AlongAxes.steps(x, y, target::touches));
    if (!takesNearest()) {
      List<Integer> worked = AlongAxes.axes(x, target::touches);
      for (int axis = 0; axis < x.rank(); axis++) {
        shapes.add(worked.contains(axis) ? Shape.of(y.size(axis), x.size(axis)) : Shape.of(0));
      }
    }
    return shapes;
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return forwardTemporaries(inputs);
  }

  private boolean takesNearest() {
    return interpolation.kind() == Interpolation.Kind.NEAREST;
  }

  @Override
  public void forward(Forward call) {
    Tensor x = call.input(0);
    Tensor y = call.output();
    Backend backend = call.backend();
    List<Tensor> temporaries = call.temporaries();
    int steps = steps(temporaries, x.shape());
    AlongAxes.forward(
        x,
        y,
        temporaries.subList(0, steps),
        target::touches,
        (axis, from, to) -> {
          if (takesNearest()) {
            AlongAxes.gather(backend, positions(axis, from.shape(), to.shape()), axis, from, to);
          } else {
            Buffer matrix = temporaries.get(steps + axis).buffer();
            upload(backend, axis, from.shape(), to.shape(), matrix);
            multiply(backend, false, axis, matrix, from, to);
          }
        });
  }

  /** Each element's gradient goes where it came from, with the same weights. */
  @Override
  public void backward(Backward call) {
    Tensor dx = call.gradient(0);
    Tensor dy = call.outputGradient();
    Backend backend = call.backend();
    List<Tensor> temporaries = call.temporaries();
    int steps = steps(temporaries, dx.shape());
    AlongAxes.backward(
        dx,
        dy,
        temporaries.subList(0, steps),
        target::touches,
        (axis, to, from) -> {
          if (takesNearest()) {
            AlongAxes.scatter(backend, positions(axis, to.shape(), from.shape()), axis, from, to);
          } else {
            Buffer matrix = temporaries.get(steps + axis).buffer();
            upload(backend, axis, to.shape(), from.shape(), matrix);
            multiply(backend, true, axis, matrix, from, to);
          }
        });
  }

  private int steps(List<Tensor> temporaries, Shape x) {
    return temporaries.size() - (takesNearest() ? 0 : x.rank());
  }

  private int[] positions(int axis, Shape from, Shape to) {
    int in = from.size(axis);
    int out = to.size(axis);
    double scale = target.scale(axis, in, out);
    return IntStream.range(0, out)
        .map(
            i -> {
              long at = nearest.round(coordinates.position(i, in, out, scale));
              return (int) Math.max(0, Math.min(in - 1, at));
            })
        .toArray();
  }

  /** {@code [out, in]}: what each element of the resized axis takes of each of the axis. */
  private void upload(Backend backend, int axis, Shape from, Shape to, Buffer matrix) {
    int in = from.size(axis);
    int out = to.size(axis);
    double scale = target.scale(axis, in, out);
    float[] weights = new float[out * in];
    float[] row = new float[in];
    for (int i = 0; i < out; i++) {
      Arrays.fill(row, 0);
      interpolation.addWeights(coordinates.position(i, in, out, scale), scale, row);
      System.arraycopy(row, 0, weights, i * in, in);
    }
    backend.upload(weights, 0, weights.length, matrix);
  }

  /** {@code to = matrix from} along an axis, or its transpose. */
  private static void multiply(
      Backend backend, boolean transposed, int axis, Buffer matrix, Tensor from, Tensor to) {
    Shape x = from.shape();
    int outer = x.elements(0, axis);
    int inner = x.elements(axis + 1, x.rank());
    int k = x.size(axis);
    int m = to.shape().size(axis);
    GemmGeometry g =
        inner == 1
            ? GemmGeometry.of(false, !transposed, outer, m, k)
            : new GemmGeometry(outer, transposed, false, m, inner, k, 0, k * inner, m * inner);
    if (inner == 1) {
      backend.gemm(g, 1, from.buffer(), matrix, 0, to.buffer());
    } else {
      backend.gemm(g, 1, matrix, from.buffer(), 0, to.buffer());
    }
  }
}
