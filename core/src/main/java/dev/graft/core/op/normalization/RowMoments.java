package dev.graft.core.op.normalization;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/**
 * Mean and 1 over the standard deviation of each row of a matrix: what normalisations within a
 * sample are made of. A row is a channel of one picture to the kernels.
 *
 * @param mean {@code [rows]}
 * @param inverse {@code [rows]}
 */
record RowMoments(Buffer mean, Buffer inverse) {

  private static final int[] ONE = {1};

  /** Shapes of the scratch tensors that keep them. */
  static List<Shape> shapes(int rows) {
    return Collections.nCopies(2, Shape.of(rows));
  }

  /** Those that {@link #shapes} declared. */
  static RowMoments of(List<Tensor> scratch) {
    return new RowMoments(scratch.get(0).buffer(), scratch.get(1).buffer());
  }

  /** Computes them. */
  void compute(Backend backend, int rows, int columns, double epsilon, Buffer x) {
    backend.channelMoments(1, rows, columns, x, mean, inverse);
    backend.unary(UnaryOp.RSQRT, epsilon, 0, rows, inverse, inverse);
  }

  /**
   * {@code y = (x - mean) / deviation}.
   *
   * @param shift {@code [rows]}, overwritten
   */
  void normalise(Backend backend, int rows, int columns, Buffer x, Buffer shift, Buffer y) {
    vector(backend, BinaryOp.MUL, rows, mean, inverse, shift);
    backend.unary(UnaryOp.NEG, 0, 0, rows, shift, shift);
    backend.channelAffine(1, rows, columns, x, inverse, shift, y);
  }

  /** Shapes of the temporaries that {@link #inputGradient} works with. */
  static List<Shape> gradientShapes(int rows) {
    return Collections.nCopies(4, Shape.of(rows));
  }

  /**
   * {@code dx = inverse (dy - (Σ dy + xhat Σ dy xhat) / columns)} with {@code xhat = (x - mean)
   * inverse}.
   */
  void inputGradient(
      Backend backend, int rows, int columns, Buffer x, Buffer dy, List<Tensor> work, Buffer dx) {
    Buffer sum = work.get(0).buffer();
    Buffer dot = work.get(1).buffer();
    backend.channelGradientSums(1, rows, columns, x, mean, dy, sum, dot);
    Buffer slope = work.get(2).buffer();
    Buffer shift = work.get(3).buffer();
    slopeAndShift(backend, rows, columns, sum, dot, slope, shift);
    backend.channelCombine(1, rows, columns, dy, inverse, x, slope, shift, dx);
  }

  /**
   * What depends on x of the gradient above as {@code slope x + shift}: {@code slope = -dot
   * inverse^3 / count}, {@code shift = -sum inverse / count - slope mean}.
   */
  void slopeAndShift(
      Backend backend, int rows, int count, Buffer sum, Buffer dot, Buffer slope, Buffer shift) {
    double share = -1.0 / count;
    vector(backend, BinaryOp.MUL, rows, inverse, inverse, slope);
    vector(backend, BinaryOp.MUL, rows, slope, inverse, slope);
    vector(backend, BinaryOp.MUL, rows, slope, dot, slope);
    backend.unary(UnaryOp.AFFINE, share, 0, rows, slope, slope);
    vector(backend, BinaryOp.MUL, rows, sum, inverse, sum);
    backend.unary(UnaryOp.AFFINE, share, 0, rows, sum, sum);
    vector(backend, BinaryOp.MUL, rows, slope, mean, shift);
    vector(backend, BinaryOp.SUB, rows, sum, shift, shift);
  }

  private static void vector(Backend backend, BinaryOp op, int n, Buffer a, Buffer b, Buffer y) {
    backend.binary(op, new int[] {n}, a, ONE, b, ONE, y);
  }
}
