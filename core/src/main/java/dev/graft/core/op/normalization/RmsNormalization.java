package dev.graft.core.op.normalization;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
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
import java.util.List;
import java.util.Set;

/**
 * Root mean square normalisation (Zhang and Sennrich, NeurIPS 2019): {@code y = scale x / sqrt(mean
 * of x^2 + epsilon)} over the last axes of each row. Inputs x and scale, of the shape of these
 * axes. ONNX RMSNormalization (23).
 *
 * @param axis the first of the axes that are normalised; negative from the end
 * @param epsilon added to the mean square
 */
public record RmsNormalization(int axis, double epsilon) implements Op {

  /** Strides of a vector with one element for each row, or for each column, of a matrix. */
  private static final int[] ROW = {1, 0};

  private static final int[] COLUMN = {0, 1};
  private static final boolean[] WITHIN_ROWS = {false, true};
  private static final boolean[] OVER_ROWS = {true, false};

  @Override
  public String type() {
    return "RMSNormalization";
  }

  @Override
  public boolean normalizes() {
    return true;
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(1);
  }

  @Override
  public Initializer initializer(int i, Shape stored) {
    return Initializer.ONES;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    Shape x = inputs.get(0);
    Shape normalised = x.axes(x.axis(axis), x.rank());
    if (!inputs.get(1).fits(normalised)) {
      throw new ShapeException(
          "RMSNormalization of "
              + x
              + " from axis "
              + axis
              + " on expects a scale "
              + normalised
              + ", found "
              + inputs.get(1));
    }
    return List.of(x);
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int samples = Samples.inFirstOnly(axes);
    return samples < inputs.get(0).shape().axis(axis) ? samples : Samples.MIXED;
  }

  /** 1 over the root mean square of each row. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(Shape.of(rows(inputs.get(0))));
  }

  /** The scale's gradient reads x, the input's the scale as well. */
  @Override
  public Saves saves(Needs needs) {
    if (needs.of(0)) {
      return Saves.inputs(0, 1).andScratch();
    }
    return needs.of(1) ? Saves.inputs(0).andScratch() : Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape shape = call.input(0).shape();
    int rows = rows(shape);
    int columns = columns(shape);
    int[] matrix = {rows, columns};
    int[] dense = {columns, 1};
    Buffer x = call.input(0).buffer();
    Buffer y = call.output().buffer();
    Buffer inverse = call.scratch().get(0).buffer();
    backend.binary(BinaryOp.MUL, matrix, x, dense, x, dense, y);
    backend.reduce(ReduceOp.SUM, matrix, WITHIN_ROWS, y, inverse);
    backend.unary(UnaryOp.AFFINE, 1.0 / columns, 0, rows, inverse, inverse);
    backend.unary(UnaryOp.RSQRT, epsilon, 0, rows, inverse, inverse);
    backend.binary(BinaryOp.MUL, matrix, x, dense, inverse, ROW, y);
    backend.binary(BinaryOp.MUL, matrix, y, dense, call.input(1).buffer(), COLUMN, y);
  }

  /** A tensor like x, and a number for each row. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(inputs.get(0), Shape.of(rows(inputs.get(0))));
  }

  /**
   * With {@code r = 1 / rms}, {@code xhat = x r} and {@code g = dy scale}: {@code dx = r (g - xhat
   * mean(g xhat))} over each row, {@code dscale = Σ dy xhat} over the rows.
   */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Shape shape = call.inputShapes().get(0);
    int rows = rows(shape);
    int columns = columns(shape);
    int[] matrix = {rows, columns};
    int[] dense = {columns, 1};
    Buffer dy = call.outputGradient().buffer();
    Buffer work = call.temporary(0).buffer();
    if (!call.needs().of(0) && !call.needs().of(1)) {
      return;
    }
    Buffer x = call.input(0).buffer();
    Buffer inverse = call.scratch().get(0).buffer();
    if (call.needs().of(1)) {
      backend.binary(BinaryOp.MUL, matrix, x, dense, inverse, ROW, work);
      backend.binary(BinaryOp.MUL, matrix, work, dense, dy, dense, work);
      backend.reduce(ReduceOp.SUM, matrix, OVER_ROWS, work, call.gradient(1).buffer());
    }
    if (call.needs().of(0)) {
      Buffer scale = call.input(1).buffer();
      Buffer mean = call.temporary(1).buffer();
      Buffer dx = call.gradient(0).buffer();
      backend.binary(BinaryOp.MUL, matrix, x, dense, inverse, ROW, work);
      backend.binary(BinaryOp.MUL, matrix, dy, dense, scale, COLUMN, dx);
      backend.binary(BinaryOp.MUL, matrix, dx, dense, work, dense, dx);
      backend.reduce(ReduceOp.SUM, matrix, WITHIN_ROWS, dx, mean);
      backend.unary(UnaryOp.AFFINE, 1.0 / columns, 0, rows, mean, mean);
      backend.binary(BinaryOp.MUL, matrix, work, dense, mean, ROW, work);
      backend.binary(BinaryOp.MUL, matrix, dy, dense, scale, COLUMN, dx);
      backend.binary(BinaryOp.SUB, matrix, dx, dense, work, dense, dx);
      backend.binary(BinaryOp.MUL, matrix, dx, dense, inverse, ROW, dx);
    }
  }

  private int rows(Shape x) {
    return x.elements(0, x.axis(axis));
  }

  private int columns(Shape x) {
    return x.elements(x.axis(axis), x.rank());
  }
}
