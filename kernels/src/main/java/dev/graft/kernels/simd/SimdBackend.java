package dev.graft.kernels.simd;

import dev.graft.core.backend.AttentionGeometry;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.kernels.simd.attention.Attention;
import dev.graft.kernels.simd.blocked.SimdBlocks;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.elementwise.Broadcast;
import dev.graft.kernels.simd.elementwise.Dropout;
import dev.graft.kernels.simd.elementwise.Unary;
import dev.graft.kernels.simd.image.StridedParts;
import dev.graft.kernels.simd.layout.StridedBox;
import dev.graft.kernels.simd.layout.Transposition;
import dev.graft.kernels.simd.normalization.ChannelAffine;
import dev.graft.kernels.simd.normalization.RowNormalization;
import dev.graft.kernels.simd.normalization.Softmax;
import dev.graft.kernels.simd.optimizer.OptimizerKernels;
import dev.graft.kernels.simd.optimizer.OptimizerSteps;
import dev.graft.kernels.simd.reduction.ChannelSums;
import dev.graft.kernels.simd.reduction.Reduction;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
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
  private final ScratchArrays scratch = new ScratchArrays();
  private final SimdConvolutions convolutions;
  private final SimdPools pools;
  private final SimdBlocks blocks;

  /**
   * A backend with daemon threads of its own.
   *
   * @param threads the number of threads that work on one kernel, the caller included
   * @throws IllegalArgumentException if threads is less than 1
   * @throws BackendException if the JVM was started without the Vector API, or its vectors do not
   *     do; the message says what helps
   */
  public SimdBackend(int threads) {
    this(new Workers(threads));
  }

  /**
   * A backend on the given threads; it closes them when it is closed.
   *
   * @throws BackendException as {@link #SimdBackend(int)}
   */
  public SimdBackend(Workers workers) {
    BackendProvider.Availability here = SimdProvider.here();
    if (!here.available()) {
      throw new BackendException("backend simd does not work here: " + here.reason());
    }
    this.workers = workers;
    this.java = new JavaBackend(workers);
    this.convolutions = new SimdConvolutions(workers, scratch);
    this.pools = new SimdPools(workers, scratch);
    this.blocks = new SimdBlocks(this, workers, scratch);
  }

  private static HostBuffer host(Buffer buffer) {
    return (HostBuffer) buffer;
  }

  private static @Nullable HostBuffer hostOrNull(@Nullable Buffer buffer) {
    return (HostBuffer) buffer;
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  @Override
  public Buffer allocate(int elements) {
    return java.allocate(elements);
  }

  @Override
  public Buffer readOnly(HostBuffer source) {
    return source;
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
  public void copy(int n, Buffer x, Buffer y) {
    java.copy(n, x, y);
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    int inner = shape.length - 1;
    if (shape.length <= 1 || (xStrides[inner] == 1 && yStrides[inner] == 1)) {
      java.copy(shape, x, xOffset, xStrides, yOffset, yStrides, y);
      return;
    }
    Transposition transposition = new Transposition(new StridedBox(shape, xStrides, yStrides));
    if (transposition.suits()) {
      transposition.run(workers, host(x), xOffset, host(y), yOffset);
    } else {
      java.copy(shape, x, xOffset, xStrides, yOffset, yStrides, y);
    }
  }

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    if (isTiny(n) || !Unary.knows(op)) {
      java.unary(op, alpha, beta, n, x, y);
      return;
    }
    HostBuffer from = host(x);
    HostBuffer to = host(y);
    Spans.forEach(
        workers,
        n,
        (first, count) ->
            Unary.run(
                op,
                (float) alpha,
                (float) beta,
                count,
                from.array(),
                from.offset() + first,
                to.array(),
                to.offset() + first));
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    if (isTiny(n) || !Unary.knows(op)) {
      java.unaryGradient(op, alpha, beta, n, saved, dy, dx);
      return;
    }
    HostBuffer s = host(saved);
    HostBuffer from = host(dy);
    HostBuffer to = host(dx);
    Spans.forEach(
        workers,
        n,
        (first, count) ->
            Unary.gradient(
                op,
                (float) alpha,
                (float) beta,
                count,
                s.array(),
                s.offset() + first,
                from.array(),
                from.offset() + first,
                to.array(),
                to.offset() + first));
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    StridedBox box = isTiny(elements(shape)) ? null : new StridedBox(shape, aStrides, bStrides);
    if (box != null && Broadcast.suits(op, box)) {
      Broadcast.run(workers, op, box, host(a), host(b), host(y));
    } else {
      java.binary(op, shape, a, aStrides, b, bStrides, y);
    }
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    if (isTiny(n)) {
      java.axpy(n, alpha, x, y);
      return;
    }
    HostBuffer from = host(x);
    HostBuffer to = host(y);
    Spans.forEach(
        workers,
        n,
        (first, count) ->
            Arithmetic.addScaled(
                count,
                (float) alpha,
                from.array(),
                from.offset() + first,
                to.array(),
                to.offset() + first));
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    HostBuffer from = host(x);
    HostBuffer to = host(y);
    // uniform >= ratio, in units of 2^-24.
    int least = (int) Math.ceil(ratio * 0x1p24);
    Spans.forEach(
        workers,
        n,
        (first, count) ->
            Dropout.run(
                count,
                first,
                least,
                (float) (1 / (1 - ratio)),
                key,
                from.array(),
                from.offset() + first,
                to.array(),
                to.offset() + first));
  }

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    if (g.k() == 0 || g.m() == 0 || g.n() == 0) {
      java.gemm(g, alpha, a, b, beta, c);
    } else {
      SimdGemm.run(workers, scratch, g, alpha, host(a), host(b), beta, host(c));
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
  public void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    java.gather(outer, n, inner, indices, x, y);
  }

  @Override
  public void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    java.scatterAdd(outer, n, inner, indices, dy, dx);
  }

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    Reduction reduction = isTiny(elements(shape)) ? null : new Reduction(shape, reduced);
    if (reduction != null && reduction.suits()) {
      reduction.run(workers, scratch, op, host(x), host(y));
    } else {
      java.reduce(op, shape, reduced, x, y);
    }
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    if (!StridedParts.suit(g)) {
      java.maxPool(g, x, winners, y);
      return;
    }
    pools.max(g, host(x), hostOrNull(winners), host(y));
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    if (!StridedParts.suit(g)) {
      java.maxPoolGradient(g, winners, dy, dx);
      return;
    }
    pools.maxGradient(g, host(winners), host(dy), host(dx));
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    if (!StridedParts.suit(g)) {
      java.averagePool(g, x, y);
      return;
    }
    pools.average(g, host(x), host(y));
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    if (!StridedParts.suit(g)) {
      java.averagePoolGradient(g, dy, dx);
      return;
    }
    pools.averageGradient(g, host(dy), host(dx));
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
    if (isTiny(n)) {
      java.sgd(n, rate, momentum, nesterov, weightDecay, g, v, w);
      return;
    }
    OptimizerSteps.sgd(
        workers,
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
    if (isTiny(n)) {
      java.adamW(n, rate, beta1, beta2, epsilon, weightDecay, step, g, m, v, w);
      return;
    }
    OptimizerKernels.Adam adam =
        OptimizerKernels.Adam.of(rate, beta1, beta2, epsilon, weightDecay, step);
    OptimizerSteps.adamW(workers, n, adam, host(g), host(m), host(v), host(w));
  }

  @Override
  public void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    if (!StridedParts.suit(g)) {
      java.convolution(g, x, w, bias, y);
      return;
    }
    convolutions.forward(g, host(x), host(w), hostOrNull(bias), host(y));
  }

  @Override
  public Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean changing) {
    return StridedParts.suit(g)
        ? convolutions.kernel(this, g, epilogue, changing)
        : java.prepare(g, epilogue, changing);
  }

  @Override
  public Kernel prepare(GemmGeometry g, Epilogue epilogue, boolean changing) {
    return SimdProductKernel.suits(g)
        ? new SimdProductKernel(this, workers, scratch, g, epilogue, changing)
        : Backend.super.prepare(g, epilogue, changing);
  }

  @Override
  public BlockedKernels blocked() {
    return blocks;
  }

  @Override
  public void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    if (!StridedParts.suit(g)) {
      java.convolutionGradientInput(g, dy, w, dx);
      return;
    }
    convolutions.inputGradient(g, host(dy), host(w), host(dx));
  }

  @Override
  public void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    if (!StridedParts.suit(g)) {
      java.convolutionGradientWeight(g, x, dy, dw);
      return;
    }
    convolutions.weightGradient(g, host(x), host(dy), host(dw));
  }

  @Override
  public void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    if (plane == 1) {
      java.channelAffine(batch, channels, plane, x, scale, shift, y);
      return;
    }
    ChannelAffine.affine(
        workers, batch, channels, plane, host(x), host(scale), host(shift), host(y));
  }

  @Override
  public void activatedChannelAffine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scale,
      Buffer shift,
      UnaryOp activation,
      double alpha,
      double beta,
      Buffer y) {
    boolean relu = activation == UnaryOp.RELU;
    if (plane == 1 || (!relu && activation != UnaryOp.CLIP)) {
      Backend.super.activatedChannelAffine(
          batch, channels, plane, x, scale, shift, activation, alpha, beta, y);
      return;
    }
    ChannelAffine.clipped(
        workers,
        batch,
        channels,
        plane,
        host(x),
        host(scale),
        host(shift),
        relu ? 0 : (float) alpha,
        relu ? Float.POSITIVE_INFINITY : (float) beta,
        host(y));
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
    if (plane == 1) {
      java.channelCombine(batch, channels, plane, x, scaleX, z, scaleZ, shift, y);
      return;
    }
    ChannelAffine.combine(
        workers,
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
    ChannelSums.moments(
        workers, scratch, batch, channels, plane, host(x), host(mean), host(variance));
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
    ChannelSums.gradientSums(
        workers,
        scratch,
        batch,
        channels,
        plane,
        host(x),
        host(mean),
        host(dy),
        host(sum),
        host(dot));
  }

  private static long elements(int[] shape) {
    long elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return elements;
  }

  /**
   * Whether there are so few elements, as in the vectors of a normalisation or in a loss, that C2
   * may not get to compile the kernel in a whole training run; until then vectors are objects.
   */
  private static boolean isTiny(long elements) {
    return elements <= Spans.CHUNK;
  }

  /**
   * Whether a kernel of exponential functions sees so few elements a call that C2 may not compile
   * it for minutes; until then vectors are objects, and plain loops much faster.
   */
  private static boolean isSmall(long elements) {
    return elements <= 1 << 16;
  }

  @Override
  public void rowNormalization(
      int rows,
      int columns,
      double epsilon,
      Buffer x,
      Buffer scale,
      @Nullable Buffer bias,
      Buffer mean,
      Buffer inverse,
      Buffer y) {
    if (columns == 0) {
      java.rowNormalization(rows, columns, epsilon, x, scale, bias, mean, inverse, y);
      return;
    }
    RowNormalization.run(
        workers,
        scratch,
        rows,
        columns,
        epsilon,
        host(x),
        host(scale),
        hostOrNull(bias),
        host(mean),
        host(inverse),
        host(y));
  }

  @Override
  public void attention(
      AttentionGeometry g,
      Buffer q,
      Buffer k,
      Buffer v,
      @Nullable Buffer mask,
      int[] maskStrides,
      @Nullable Buffer probabilities,
      Buffer y) {
    if (g.multiplyAdds() == 0 || !Attention.suits(g)) {
      Backend.super.attention(g, q, k, v, mask, maskStrides, probabilities, y);
      return;
    }
    new Attention(
            g,
            host(q),
            host(k),
            host(v),
            hostOrNull(mask),
            maskStrides,
            hostOrNull(probabilities),
            host(y))
        .run(workers, scratch);
  }

  @Override
  public void softmax(int outer, int n, int inner, Buffer x, Buffer y) {
    if (isSmall((long) outer * n * inner)) {
      java.softmax(outer, n, inner, x, y);
    } else {
      Softmax.forward(workers, scratch, false, outer, n, inner, host(x), host(y));
    }
  }

  @Override
  public void softmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    if (isSmall((long) outer * n * inner)) {
      java.softmaxGradient(outer, n, inner, y, dy, dx);
    } else {
      Softmax.gradient(workers, scratch, false, outer, n, inner, host(y), host(dy), host(dx));
    }
  }

  @Override
  public void logSoftmax(int outer, int n, int inner, Buffer x, Buffer y) {
    if (isSmall((long) outer * n * inner)) {
      java.logSoftmax(outer, n, inner, x, y);
    } else {
      Softmax.forward(workers, scratch, true, outer, n, inner, host(x), host(y));
    }
  }

  @Override
  public void logSoftmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    if (isSmall((long) outer * n * inner)) {
      java.logSoftmaxGradient(outer, n, inner, y, dy, dx);
    } else {
      Softmax.gradient(workers, scratch, true, outer, n, inner, host(y), host(dy), host(dx));
    }
  }

  @Override
  public void close() {
    java.close();
    workers.close();
  }
}
