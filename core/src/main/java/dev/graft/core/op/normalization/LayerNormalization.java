package dev.graft.core.op.normalization;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Layer normalisation (Ba et al., 2016): {@code y = scale (x - mean) / sqrt(variance + epsilon) +
 * bias} with mean and variance over the last axes of each row. Inputs x, scale and optionally bias,
 * both of the shape of these axes. ONNX LayerNormalization (17) with its first output.
 *
 * @param axis the first of the axes that are normalised; negative from the end
 * @param epsilon added to the variance
 */
public record LayerNormalization(int axis, double epsilon) implements Op {

  private static final int[] COLUMN = {0, 1};

  @Override
  public String type() {
    return "LayerNormalization";
  }

  @Override
  public boolean normalizes() {
    return true;
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(1, 2);
  }

  @Override
  public Initializer initializer(int i, Shape stored) {
    return i == 1 ? Initializer.ONES : Initializer.ZEROS;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2, 3);
    Shape x = inputs.get(0);
    Shape normalised = x.axes(x.axis(axis), x.rank());
    for (Shape parameter : inputs.subList(1, inputs.size())) {
      if (!parameter.fits(normalised)) {
        throw new ShapeException(
            "LayerNormalization of "
                + x
                + " from axis "
                + axis
                + " on expects a scale and a bias "
                + normalised
                + ", found "
                + parameter);
      }
    }
    return List.of(x);
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int samples = Samples.inFirstOnly(axes);
    return samples < inputs.get(0).shape().axis(axis) ? samples : Samples.MIXED;
  }

  /** Mean and 1 over the deviation of each row. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return RowMoments.shapes(rows(inputs.get(0)));
  }

  /** The scale's gradient reads x, the input's the scale as well, the bias's neither. */
  @Override
  public Saves saves(Needs needs) {
    if (needs.of(0)) {
      return Saves.inputs(0, 1).andScratch();
    }
    return needs.of(1) ? Saves.inputs(0).andScratch() : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Shape x = call.input(0).shape();
    RowMoments moments = RowMoments.of(call.scratch());
    Tensor bias = call.optional(2);
    call.backend()
        .rowNormalization(
            rows(x),
            columns(x),
            epsilon,
            call.input(0).buffer(),
            call.input(1).buffer(),
            bias == null ? null : bias.buffer(),
            moments.mean(),
            moments.inverse(),
            call.output().buffer());
  }

  /** A tensor like x, and the vectors of {@link RowMoments}. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    List<Shape> shapes = new ArrayList<>(List.of(inputs.get(0)));
    shapes.addAll(RowMoments.gradientShapes(rows(inputs.get(0))));
    return shapes;
  }

  /**
   * With {@code xhat = (x - mean) / deviation} and {@code g = dy scale}: {@code dx = (g - (Σ g +
   * xhat Σ g xhat) / m) / deviation} over each row, {@code dscale = Σ dy xhat}, {@code dbias = Σ
   * dy} over the rows.
   */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Shape shape = call.inputShapes().get(0);
    int rows = rows(shape);
    int columns = columns(shape);
    int[] matrix = {rows, columns};
    int[] dense = {columns, 1};
    boolean[] overRows = {true, false};
    Buffer dy = call.outputGradient().buffer();
    Buffer work = call.temporary(0).buffer();
    if (call.needs().of(2)) {
      backend.reduce(ReduceOp.SUM, matrix, overRows, dy, call.gradient(2).buffer());
    }
    if (!call.needs().of(0) && !call.needs().of(1)) {
      return;
    }
    Buffer x = call.input(0).buffer();
    RowMoments moments = RowMoments.of(call.scratch());
    if (call.needs().of(1)) {
      moments.normalise(backend, rows, columns, x, call.temporary(1).buffer(), work);
      backend.binary(BinaryOp.MUL, matrix, work, dense, dy, dense, work);
      backend.reduce(ReduceOp.SUM, matrix, overRows, work, call.gradient(1).buffer());
    }
    if (call.needs().of(0)) {
      backend.binary(BinaryOp.MUL, matrix, dy, dense, call.input(1).buffer(), COLUMN, work);
      moments.inputGradient(
          backend,
          rows,
          columns,
          x,
          work,
          call.temporaries().subList(1, call.temporaries().size()),
          call.gradient(0).buffer());
    }
  }

  private int rows(Shape x) {
    return x.elements(0, x.axis(axis));
  }

  private int columns(Shape x) {
    return x.elements(x.axis(axis), x.rank());
  }
}
