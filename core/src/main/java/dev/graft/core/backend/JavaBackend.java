package dev.graft.core.backend;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What every JVM can do without a flag: plain Java loops in the shapes that C2 turns into vector
 * code, on float arrays ({@link HostBuffer}), shared between a bounded number of threads.
 *
 * <p>Safe for several threads at once, as long as they write to different buffers.
 */
public final class JavaBackend implements Backend {

  private final Workers workers;

  /**
   * @param threads number of threads that work on one kernel, including the caller's, at least 1
   * @throws IllegalArgumentException if threads is below 1
   */
  public JavaBackend(int threads) {
    this(new Workers(threads));
  }

  /** On the given threads, which it closes when it is closed. */
  public JavaBackend(Workers workers) {
    this.workers = workers;
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  private static HostBuffer of(Buffer buffer) {
    return (HostBuffer) buffer;
  }

  // ---- memory ----------------------------------------------------------------------------------

  @Override
  public Buffer allocate(int elements) {
    return HostBuffer.of(new float[elements]);
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    HostBuffer to = of(target);
    System.arraycopy(source, sourceOffset, to.array(), to.offset(), count);
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    HostBuffer from = of(source);
    System.arraycopy(from.array(), from.offset(), target, targetOffset, count);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    HostBuffer to = of(y);
    Arrays.fill(to.array(), to.offset(), to.offset() + n, (float) value);
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    JavaStrided.copy(workers, shape, of(x), xOffset, xStrides, yOffset, yStrides, of(y));
  }

  // ---- element-wise ----------------------------------------------------------------------------

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    JavaElementwise.unary(workers, op, (float) alpha, (float) beta, n, of(x), of(y));
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    JavaElementwise.unaryGradient(
        workers, op, (float) alpha, (float) beta, n, of(saved), of(dy), of(dx));
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    JavaStrided.binary(workers, op, shape, of(a), aStrides, of(b), bStrides, of(y));
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    JavaElementwise.axpy(workers, n, (float) alpha, of(x), of(y));
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    JavaElementwise.dropout(workers, n, ratio, key, of(x), of(y));
  }

  // ---- contractions ----------------------------------------------------------------------------

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    JavaGemm.gemm(workers, g, (float) alpha, of(a), of(b), (float) beta, of(c));
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    JavaUnfold.im2col(g, image, group, of(x), of(columns));
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    JavaUnfold.col2im(g, image, group, of(columns), of(dx));
  }

  @Override
  public void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    HostBuffer b = bias == null ? null : of(bias);
    if (g.isDepthwise()) {
      JavaDepthwise.forward(workers, g, of(x), of(w), b, of(y));
    } else {
      JavaConvolution.forward(workers, g, of(x), of(w), b, of(y));
    }
  }

  @Override
  public void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    if (g.isDepthwise()) {
      JavaDepthwise.gradientInput(workers, g, of(dy), of(w), of(dx));
    } else {
      JavaConvolution.gradientInput(workers, g, of(dy), of(w), of(dx));
    }
  }

  @Override
  public void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    if (g.isDepthwise()) {
      JavaDepthwise.gradientWeight(workers, g, of(x), of(dy), of(dw));
    } else {
      JavaConvolution.gradientWeight(workers, g, of(x), of(dy), of(dw));
    }
  }

  // ---- reductions and windows ------------------------------------------------------------------

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    JavaReduce.reduce(workers, op, shape, reduced, of(x), of(y));
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    JavaPooling.max(workers, g, of(x), winners == null ? null : of(winners), of(y));
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    JavaPooling.maxGradient(workers, g, of(winners), of(dy), of(dx));
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    JavaPooling.average(workers, g, of(x), of(y));
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    JavaPooling.averageGradient(workers, g, of(dy), of(dx));
  }

  @Override
  public void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    JavaNormalisation.affine(workers, batch, channels, plane, of(x), of(scale), of(shift), of(y));
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
        workers, batch, channels, plane, of(x), of(scaleX), of(z), of(scaleZ), of(shift), of(y));
  }

  @Override
  public void channelMoments(
      int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    JavaNormalisation.moments(workers, batch, channels, plane, of(x), of(mean), of(variance));
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
        workers, batch, channels, plane, of(x), of(mean), of(dy), of(sum), of(dot));
  }

  // ---- optimizer steps -------------------------------------------------------------------------

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
    JavaElementwise.sgd(
        workers,
        n,
        (float) rate,
        (float) momentum,
        nesterov,
        (float) weightDecay,
        of(g),
        of(v),
        of(w));
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
    JavaElementwise.adamW(
        workers, n, rate, beta1, beta2, epsilon, weightDecay, step, of(g), of(m), of(v), of(w));
  }

  @Override
  public void close() {
    workers.close();
  }
}
