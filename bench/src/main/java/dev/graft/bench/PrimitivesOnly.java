package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import org.jspecify.annotations.Nullable;

/**
 * Another backend's primitives without its overrides: every composed operation runs its default
 * body. What an override is measured against.
 */
record PrimitivesOnly(Backend primitives) implements Backend {

  @Override
  public String name() {
    return primitives.name() + ", composed";
  }

  @Override
  public int threads() {
    return primitives.threads();
  }

  @Override
  public Buffer allocate(int elements) {
    return primitives.allocate(elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    primitives.upload(source, sourceOffset, count, target);
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    primitives.download(source, count, target, targetOffset);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    primitives.fill(n, value, y);
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    primitives.copy(shape, x, xOffset, xStrides, yOffset, yStrides, y);
  }

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    primitives.unary(op, alpha, beta, n, x, y);
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    primitives.unaryGradient(op, alpha, beta, n, saved, dy, dx);
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    primitives.binary(op, shape, a, aStrides, b, bStrides, y);
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    primitives.axpy(n, alpha, x, y);
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    primitives.dropout(n, ratio, key, x, y);
  }

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    primitives.gemm(g, alpha, a, b, beta, c);
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    primitives.im2col(g, image, group, x, columns);
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    primitives.col2im(g, image, group, columns, dx);
  }

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    primitives.reduce(op, shape, reduced, x, y);
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    primitives.maxPool(g, x, winners, y);
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    primitives.maxPoolGradient(g, winners, dy, dx);
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    primitives.averagePool(g, x, y);
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    primitives.averagePoolGradient(g, dy, dx);
  }

  @Override
  public void sgd(
      int n,
      double rate,
      double momentum,
      boolean nesterov,
      double weightDecay,
      Buffer g,
      Buffer v,
      Buffer w) {
    primitives.sgd(n, rate, momentum, nesterov, weightDecay, g, v, w);
  }

  @Override
  public void adamW(
      int n,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      int step,
      Buffer g,
      Buffer m,
      Buffer v,
      Buffer w) {
    primitives.adamW(n, rate, beta1, beta2, epsilon, weightDecay, step, g, m, v, w);
  }

  @Override
  public void close() {
    primitives.close();
  }
}
