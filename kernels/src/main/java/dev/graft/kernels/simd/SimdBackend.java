package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/**
 * The backend on the processor's vector registers. What moves memory alone it leaves to {@link
 * JavaBackend}, whose storage it shares.
 *
 * <p>All methods may be called by several threads at once; they share the workers.
 */
public final class SimdBackend implements Backend {

  private final Workers workers;
  private final JavaBackend java;
  private final Memory memory = new Memory();

  /**
   * A backend with daemon threads of its own.
   *
   * @param threads the number of threads that work on one kernel, the caller included
   * @throws IllegalArgumentException if threads is less than 1
   */
  public SimdBackend(int threads) {
    this(new Workers(threads));
  }

  /** A backend on the given threads; it closes them when it is closed. */
  public SimdBackend(Workers workers) {
    this.workers = workers;
    this.java = new JavaBackend(workers);
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  private static HostBuffer host(Buffer buffer) {
    return (HostBuffer) buffer;
  }

  @Override
  public Buffer allocate(int elements) {
    return java.allocate(elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    java.upload(source, sourceOffset, count, target);
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    java.download(source, count, target, targetOffset);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    java.fill(n, value, y);
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    java.copy(shape, x, xOffset, xStrides, yOffset, yStrides, y);
  }

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    java.unary(op, alpha, beta, n, x, y);
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    java.unaryGradient(op, alpha, beta, n, saved, dy, dx);
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    java.binary(op, shape, a, aStrides, b, bStrides, y);
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    java.axpy(n, alpha, x, y);
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    java.dropout(n, ratio, key, x, y);
  }

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    if (g.k() == 0 || g.m() == 0 || g.n() == 0) {
      java.gemm(g, alpha, a, b, beta, c);
    } else {
      SimdGemm.run(workers, memory, g, alpha, host(a), host(b), beta, host(c));
    }
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    java.im2col(g, image, group, x, columns);
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    java.col2im(g, image, group, columns, dx);
  }

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    java.reduce(op, shape, reduced, x, y);
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    java.maxPool(g, x, winners, y);
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    java.maxPoolGradient(g, winners, dy, dx);
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    java.averagePool(g, x, y);
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    java.averagePoolGradient(g, dy, dx);
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
    java.sgd(n, rate, momentum, nesterov, weightDecay, g, v, w);
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
    java.adamW(n, rate, beta1, beta2, epsilon, weightDecay, step, g, m, v, w);
  }

  @Override
  public void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    HostBuffer weights = host(w);
    SimdConvolution.forward(
        workers,
        memory,
        g,
        host(x),
        weights.array(),
        weights.offset(),
        null,
        (group, image, pitch) -> {
          Target target = SimdConvolution.target(g, host(y), group, image, pitch);
          if (bias instanceof HostBuffer b) {
            target.plusBias(b.array(), b.offset() + group * (g.outChannels() / g.groups()));
          }
          return target;
        });
  }

  @Override
  public Kernel prepare(ConvGeometry g, Epilogue epilogue) {
    return new SimdConvolutionKernel(this, workers, memory, g, epilogue);
  }

  @Override
  public void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    SimdConvolution.gradientInput(
        workers,
        memory,
        g,
        host(dy),
        host(w),
        host(dx),
        b -> java.fill(g.batch() * g.inChannels() * g.inPlane(), 0, b));
  }

  @Override
  public void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    SimdConvolution.gradientWeight(workers, memory, g, host(x), host(dy), host(dw));
  }

  @Override
  public void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    java.channelAffine(batch, channels, plane, x, scale, shift, y);
  }

  @Override
  public void channelCombine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scaleX,
      Buffer z,
      Buffer scaleZ,
      Buffer shift,
      Buffer y) {
    java.channelCombine(batch, channels, plane, x, scaleX, z, scaleZ, shift, y);
  }

  @Override
  public void channelMoments(
      int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    java.channelMoments(batch, channels, plane, x, mean, variance);
  }

  @Override
  public void channelGradientSums(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer mean,
      Buffer dy,
      Buffer sum,
      Buffer dot) {
    java.channelGradientSums(batch, channels, plane, x, mean, dy, sum, dot);
  }

  @Override
  public void close() {
    java.close();
    workers.close();
  }
}
