package dev.graft.core.backend.plain;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/**
 * The backend that needs nothing but the JDK: plain Java loops in the forms that the JIT compiler
 * vectorises, over {@link HostBuffer}s. What an embedder gets without any flag.
 *
 * <p>All methods may be called by several threads at once; they share the workers. A backend keeps
 * about 1 MiB of working memory for each thread that ever computed at the same time.
 */
public final class JavaBackend implements Backend {

  private final Workers workers;
  private final boolean ownsWorkers;
  private final Scratch.Pool pool = new Scratch.Pool();

  /**
   * A backend with daemon threads of its own.
   *
   * @param threads the number of threads that work on one kernel, the caller included
   * @throws IllegalArgumentException if threads is less than 1
   */
  public JavaBackend(int threads) {
    workers = new Workers(threads);
    ownsWorkers = true;
  }

  /** A backend on threads that belong to the caller, who closes them. */
  public JavaBackend(Workers workers) {
    this.workers = workers;
    ownsWorkers = false;
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  private static HostBuffer host(Buffer buffer) {
    return (HostBuffer) buffer;
  }

  private static @Nullable HostBuffer hostOrNull(@Nullable Buffer buffer) {
    return (HostBuffer) buffer;
  }

  @Override
  public Buffer allocate(int elements) {
    return HostBuffer.of(new float[elements]);
  }

  @Override
  public Buffer readOnly(HostBuffer source) {
    return source;
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    HostBuffer to = host(target);
    System.arraycopy(source, sourceOffset, to.array(), to.offset(), count);
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    HostBuffer from = host(source);
    System.arraycopy(from.array(), from.offset(), target, targetOffset, count);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    JavaElementwise.fill(workers, n, (float) value, host(y));
  }

  @Override
  public void copy(int n, Buffer x, Buffer y) {
    JavaCopy.run(workers, n, host(x), host(x).offset(), host(y), host(y).offset());
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    JavaCopy.copy(workers, shape, host(x), xOffset, xStrides, yOffset, yStrides, host(y));
  }

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    JavaElementwise.unary(workers, pool, op, (float) alpha, (float) beta, n, host(x), host(y));
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    JavaElementwise.unaryGradient(
        workers, pool, op, (float) alpha, (float) beta, n, host(saved), host(dy), host(dx));
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    JavaElementwise.binary(workers, pool, op, shape, host(a), aStrides, host(b), bStrides, host(y));
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    JavaElementwise.axpy(workers, pool, n, (float) alpha, host(x), host(y));
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    JavaElementwise.dropout(workers, pool, n, ratio, key, host(x), host(y));
  }

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    JavaGemm.run(workers, pool, g, alpha, host(a), host(b), beta, host(c));
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    JavaColumns.unfold(workers, pool, g, image, group, host(x), host(columns));
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    JavaColumns.fold(workers, g, image, group, host(columns), host(dx));
  }

  @Override
  public void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    JavaGather.gather(workers, outer, n, inner, indices, host(x), host(y));
  }

  @Override
  public void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    JavaGather.scatterAdd(workers, outer, n, inner, indices, host(dy), host(dx));
  }

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    JavaReduce.run(workers, pool, op, shape, reduced, host(x), host(y));
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    JavaPooling.max(workers, pool, g, host(x), hostOrNull(winners), host(y));
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    JavaPooling.maxGradient(workers, g, host(winners), host(dy), host(dx));
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    JavaPooling.average(workers, g, host(x), host(y));
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    JavaPooling.averageGradient(workers, g, host(dy), host(dx));
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
    JavaOptimizer.sgd(
        workers,
        pool,
        n,
        (float) rate,
        (float) momentum,
        nesterov,
        (float) weightDecay,
        host(g),
        host(v),
        host(w));
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
    JavaOptimizer.Adam adam = JavaOptimizer.Adam.of(rate, beta1, beta2, epsilon, weightDecay, step);
    JavaOptimizer.adamW(workers, pool, n, adam, host(g), host(m), host(v), host(w));
  }

  @Override
  public void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    JavaConvolution.forward(workers, pool, g, host(x), host(w), hostOrNull(bias), host(y));
  }

  @Override
  public void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    JavaConvolution.gradientInput(workers, pool, g, host(dy), host(w), host(dx));
  }

  @Override
  public void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    if (g.isPointwise()) {
      PointwiseWeight.run(workers, pool, g, host(x), host(dy), host(dw));
    } else if (g.patch() <= SmallPatchWeight.LARGEST_PATCH) {
      SmallPatchWeight.run(workers, pool, g, host(x), host(dy), host(dw));
    } else {
      JavaConvolutionWeight.run(workers, pool, g, host(x), host(dy), host(dw));
    }
  }

  @Override
  public void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    JavaNormalisation.affine(
        workers, pool, batch, channels, plane, host(x), host(scale), host(shift), host(y));
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
    JavaNormalisation.combine(
        workers,
        pool,
        batch,
        channels,
        plane,
        host(x),
        host(scaleX),
        host(z),
        host(scaleZ),
        host(shift),
        host(y));
  }

  @Override
  public void channelMoments(
      int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    JavaNormalisation.moments(
        workers, pool, batch, channels, plane, host(x), host(mean), host(variance));
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
    JavaNormalisation.gradientSums(
        workers, pool, batch, channels, plane, host(x), host(mean), host(dy), host(sum), host(dot));
  }

  @Override
  public void close() {
    if (ownsWorkers) {
      workers.close();
    }
  }
}
