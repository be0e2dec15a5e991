package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * The default body of every composed operation of {@link Backend}, written with primitives alone.
 * Each is the plain textbook formula: an override is held against it by the contract suite.
 */
public final class Composed {

  private Composed() {}

  public static void convolution(
      Backend b, ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    int groupOut = g.outChannels() / g.groups();
    int plane = g.outPlane();
    boolean preset = bias != null;
    if (bias != null) {
      int[] shape = {g.batch(), g.outChannels(), plane};
      b.copy(shape, bias, 0, new int[] {0, 1, 0}, 0, dense(shape), y);
    }
    Buffer columns = columns(b, g);
    GemmGeometry product = GemmGeometry.of(false, false, groupOut, plane, g.patch());
    for (int image = 0; image < g.batch(); image++) {
      for (int group = 0; group < g.groups(); group++) {
        b.im2col(g, image, group, x, columns);
        int first = group * groupOut;
        Buffer weights = w.slice(first * g.patch(), groupOut * g.patch());
        Buffer out = y.slice((image * g.outChannels() + first) * plane, groupOut * plane);
        b.gemm(product, 1, weights, columns, preset ? 1 : 0, out);
      }
    }
  }

  /** Memory for the columns of one group of one image. */
  private static Buffer columns(Backend b, ConvGeometry g) {
    long elements = (long) g.patch() * g.outPlane();
    if (elements > b.maxAllocation()) {
      throw new BackendException(
          "a convolution unfolds into "
              + elements
              + " elements, the backend "
              + b.name()
              + " has at most "
              + b.maxAllocation()
              + " in one piece; use another backend or a smaller image");
    }
    return b.allocate((int) elements);
  }

  public static void convolutionGradientInput(
      Backend b, ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    int groupOut = g.outChannels() / g.groups();
    int plane = g.outPlane();
    Buffer columns = columns(b, g);
    GemmGeometry product = GemmGeometry.of(true, false, g.patch(), plane, groupOut);
    for (int image = 0; image < g.batch(); image++) {
      for (int group = 0; group < g.groups(); group++) {
        int first = group * groupOut;
        Buffer weights = w.slice(first * g.patch(), groupOut * g.patch());
        Buffer out = dy.slice((image * g.outChannels() + first) * plane, groupOut * plane);
        b.gemm(product, 1, weights, out, 0, columns);
        b.col2im(g, image, group, columns, dx);
      }
    }
  }

  static void convolutionGradientWeight(Backend b, ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    int groupOut = g.outChannels() / g.groups();
    int plane = g.outPlane();
    Buffer columns = columns(b, g);
    GemmGeometry product = GemmGeometry.of(false, true, groupOut, g.patch(), plane);
    for (int image = 0; image < g.batch(); image++) {
      for (int group = 0; group < g.groups(); group++) {
        b.im2col(g, image, group, x, columns);
        int first = group * groupOut;
        Buffer weights = dw.slice(first * g.patch(), groupOut * g.patch());
        Buffer out = dy.slice((image * g.outChannels() + first) * plane, groupOut * plane);
        b.gemm(product, 1, out, columns, image == 0 ? 0 : 1, weights);
      }
    }
  }

  /** {@code y [m, n] = op(x) op(w) + bias[n]}. */
  static void biasedGemm(
      Backend b, GemmGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    b.gemm(g, 1, x, w, 0, y);
    if (bias != null) {
      int[] shape = {g.m(), g.n()};
      b.binary(BinaryOp.ADD, shape, y, dense(shape), bias, new int[] {0, 1}, y);
    }
  }

  static void gather(Backend b, int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    int[] box = {outer, inner};
    int[] rows = {n * inner, 1};
    int[] target = {indices.length * inner, 1};
    for (int j = 0; j < indices.length; j++) {
      b.copy(box, x, indices[j] * inner, rows, j * inner, target, y);
    }
  }

  static void scatterAdd(
      Backend b, int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    b.fill(outer * n * inner, 0, dx);
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < indices.length; j++) {
        Buffer from = dy.slice((o * indices.length + j) * inner, inner);
        b.axpy(inner, 1, from, dx.slice((o * n + indices[j]) * inner, inner));
      }
    }
  }

  static void channelAffine(
      Backend b,
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scale,
      Buffer shift,
      Buffer y) {
    int[] shape = {batch, channels, plane};
    b.binary(BinaryOp.MUL, shape, x, dense(shape), scale, PER_CHANNEL, y);
    b.binary(BinaryOp.ADD, shape, y, dense(shape), shift, PER_CHANNEL, y);
  }

  static void channelCombine(
      Backend b,
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scaleX,
      Buffer z,
      Buffer scaleZ,
      Buffer shift,
      Buffer y) {
    int[] shape = {batch, channels, plane};
    Buffer product = b.allocate(batch * channels * plane);
    b.binary(BinaryOp.MUL, shape, z, dense(shape), scaleZ, PER_CHANNEL, product);
    channelAffine(b, batch, channels, plane, x, scaleX, shift, y);
    b.axpy(batch * channels * plane, 1, product, y);
  }

  static void channelMoments(
      Backend b, int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    int[] shape = {batch, channels, plane};
    b.reduce(ReduceOp.MEAN, shape, EXCEPT_CHANNEL, x, mean);
    Buffer centred = b.allocate(batch * channels * plane);
    b.binary(BinaryOp.SUB, shape, x, dense(shape), mean, PER_CHANNEL, centred);
    b.binary(BinaryOp.MUL, shape, centred, dense(shape), centred, dense(shape), centred);
    b.reduce(ReduceOp.MEAN, shape, EXCEPT_CHANNEL, centred, variance);
  }

  static void channelGradientSums(
      Backend b,
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer mean,
      Buffer dy,
      Buffer sum,
      Buffer dot) {
    int[] shape = {batch, channels, plane};
    b.reduce(ReduceOp.SUM, shape, EXCEPT_CHANNEL, dy, sum);
    Buffer product = b.allocate(batch * channels * plane);
    b.binary(BinaryOp.SUB, shape, x, dense(shape), mean, PER_CHANNEL, product);
    b.binary(BinaryOp.MUL, shape, product, dense(shape), dy, dense(shape), product);
    b.reduce(ReduceOp.SUM, shape, EXCEPT_CHANNEL, product, dot);
  }

  static void rowNormalization(
      Backend b,
      int rows,
      int columns,
      double epsilon,
      Buffer x,
      Buffer scale,
      @Nullable Buffer bias,
      Buffer mean,
      Buffer inverse,
      Buffer y) {
    int[] matrix = {rows, columns};
    int[] dense = dense(matrix);
    int[] perRow = {1, 0};
    int[] perColumn = {0, 1};
    b.channelMoments(1, rows, columns, x, mean, inverse);
    b.unary(UnaryOp.RSQRT, epsilon, 0, rows, inverse, inverse);
    b.binary(BinaryOp.SUB, matrix, x, dense, mean, perRow, y);
    b.binary(BinaryOp.MUL, matrix, y, dense, inverse, perRow, y);
    b.binary(BinaryOp.MUL, matrix, y, dense, scale, perColumn, y);
    if (bias != null) {
      b.binary(BinaryOp.ADD, matrix, y, dense, bias, perColumn, y);
    }
  }

  static void softmax(Backend b, int outer, int n, int inner, Buffer x, Buffer y) {
    int[] shape = {outer, n, inner};
    int[] shared = {inner, 0, 1};
    Buffer fold = b.allocate(outer * inner);
    b.reduce(ReduceOp.MAX, shape, MIDDLE, x, fold);
    b.binary(BinaryOp.SUB, shape, x, dense(shape), fold, shared, y);
    b.unary(UnaryOp.EXP, 0, 0, outer * n * inner, y, y);
    b.reduce(ReduceOp.SUM, shape, MIDDLE, y, fold);
    b.binary(BinaryOp.DIV, shape, y, dense(shape), fold, shared, y);
  }

  static void softmaxGradient(
      Backend b, int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    int[] shape = {outer, n, inner};
    int[] shared = {inner, 0, 1};
    Buffer fold = b.allocate(outer * inner);
    b.binary(BinaryOp.MUL, shape, dy, dense(shape), y, dense(shape), dx);
    b.reduce(ReduceOp.SUM, shape, MIDDLE, dx, fold);
    b.binary(BinaryOp.SUB, shape, dy, dense(shape), fold, shared, dx);
    b.binary(BinaryOp.MUL, shape, dx, dense(shape), y, dense(shape), dx);
  }

  static void logSoftmax(Backend b, int outer, int n, int inner, Buffer x, Buffer y) {
    int[] shape = {outer, n, inner};
    int[] shared = {inner, 0, 1};
    Buffer largest = b.allocate(outer * inner);
    Buffer sum = b.allocate(outer * inner);
    b.reduce(ReduceOp.MAX, shape, MIDDLE, x, largest);
    b.binary(BinaryOp.SUB, shape, x, dense(shape), largest, shared, y);
    b.unary(UnaryOp.EXP, 0, 0, outer * n * inner, y, y);
    b.reduce(ReduceOp.SUM, shape, MIDDLE, y, sum);
    b.unary(UnaryOp.LOG, 0, 0, outer * inner, sum, sum);
    // The differences a second time, rather than memory for both them and the exponentials.
    b.binary(BinaryOp.SUB, shape, x, dense(shape), largest, shared, y);
    b.binary(BinaryOp.SUB, shape, y, dense(shape), sum, shared, y);
  }

  static void logSoftmaxGradient(
      Backend b, int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    int[] shape = {outer, n, inner};
    int[] shared = {inner, 0, 1};
    Buffer fold = b.allocate(outer * inner);
    b.reduce(ReduceOp.SUM, shape, MIDDLE, dy, fold);
    b.unary(UnaryOp.EXP, 0, 0, outer * n * inner, y, dx);
    b.binary(BinaryOp.MUL, shape, dx, dense(shape), fold, shared, dx);
    b.binary(BinaryOp.SUB, shape, dy, dense(shape), dx, dense(shape), dx);
  }

  private static final int[] PER_CHANNEL = {0, 1, 0};
  private static final boolean[] EXCEPT_CHANNEL = {true, false, true};
  private static final boolean[] MIDDLE = {false, true, false};

  /** Row-major strides of {@code shape}. */
  private static int[] dense(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }
}
