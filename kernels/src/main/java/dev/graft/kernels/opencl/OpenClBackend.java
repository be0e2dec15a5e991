package dev.graft.kernels.opencl;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.opencl.convolution.ActivatedKernel;
import dev.graft.kernels.opencl.convolution.Columns;
import dev.graft.kernels.opencl.convolution.Convolution;
import dev.graft.kernels.opencl.convolution.ConvolutionKernel;
import dev.graft.kernels.opencl.convolution.HalfConvolutionKernel;
import dev.graft.kernels.opencl.convolution.HalfWeights;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.device.Profile;
import dev.graft.kernels.opencl.elementwise.Elementwise;
import dev.graft.kernels.opencl.elementwise.Gather;
import dev.graft.kernels.opencl.elementwise.OptimizerSteps;
import dev.graft.kernels.opencl.elementwise.StridedCopy;
import dev.graft.kernels.opencl.normalization.Normalisation;
import dev.graft.kernels.opencl.normalization.Softmax;
import dev.graft.kernels.opencl.pooling.Pooling;
import dev.graft.kernels.opencl.product.Contraction;
import dev.graft.kernels.opencl.product.Contractions;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.TuningFile;
import dev.graft.kernels.opencl.reduction.Reductions;
import dev.graft.kernels.opencl.runtime.BinaryCache;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import dev.graft.kernels.opencl.runtime.Transfers;
import dev.graft.kernels.opencl.runtime.VectorWidth;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The backend on an OpenCL device. Calls return when their kernels are in the device's queue, which
 * runs them in order; only {@link #download} waits for it.
 *
 * <p>All methods may be called by several threads at once; they share the queue.
 */
public final class OpenClBackend implements Backend {

  /** Set to true, kernels are timed on the device: see {@link #profile()}. */
  public static final String PROFILE = "graft.opencl.profile";

  private static final System.Logger LOG = System.getLogger(OpenClBackend.class.getName());

  /** What has been said of precisions: once in a process. */
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private static final int ALIGNMENT = 16;

  private final Precision precision;
  private final ClContext context;
  private final DeviceMemory memory;
  private final Programs programs;
  private final Transfers transfers;
  private final Elementwise elementwise;
  private final StridedCopy copies;
  private final Gather gather;
  private final Contractions contractions;
  private final Convolution convolution;
  private final @Nullable HalfWeights halfWeights;
  private final Columns columns;
  private final Reductions reductions;
  private final Pooling pooling;
  private final OptimizerSteps steps;
  private final Normalisation normalisation;
  private final Softmax softmax;

  /**
   * A backend on this device, in the precision that {@link Precision#PROPERTY} names.
   *
   * @throws BackendException if the device cannot be used; the message says why
   */
  public OpenClBackend(OpenClDevice device) {
    this(device, Precision.chosen());
  }

  /**
   * A backend on this device.
   *
   * @throws BackendException if the device cannot be used, or not in this precision; the message
   *     says why, and what it can do
   */
  public OpenClBackend(OpenClDevice device, Precision precision) {
    this(device, precision, BinaryCache.ofUser());
  }

  OpenClBackend(OpenClDevice device, BinaryCache cache) {
    this(device, Precision.chosen(), cache);
  }

  private OpenClBackend(OpenClDevice device, Precision precision, BinaryCache cache) {
    announce(precision, device);
    this.precision = precision;
    context = new ClContext(device, Boolean.getBoolean(PROFILE));
    memory = new DeviceMemory(context);
    programs = new Programs(context, cache);
    transfers = new Transfers(context);
    ScratchMemory scratch = new ScratchMemory(memory);
    elementwise = new Elementwise(programs);
    TileChoice tiles =
        TileChoice.of(
            device,
            VectorWidth.of(context.id()),
            precision,
            new TuningFile(cache.folder(), device, precision));
    copies = new StridedCopy(programs, tiles);
    gather = new Gather(programs, memory, transfers);
    contractions = new Contractions(programs, scratch, tiles, precision);
    convolution = new Convolution(programs, memory, contractions, precision);
    halfWeights = precision == Precision.HALF ? new HalfWeights(programs, memory, transfers) : null;
    columns = new Columns(programs);
    reductions = new Reductions(programs, scratch);
    pooling = new Pooling(programs);
    steps = new OptimizerSteps(programs);
    normalisation = new Normalisation(programs, scratch, reductions);
    softmax = new Softmax(programs);
  }

  private static void announce(Precision precision, OpenClDevice device) {
    precision
        .problem(device)
        .ifPresent(
            problem -> {
              throw new BackendException(problem);
            });
    if (precision != Precision.FLOAT32 && SAID.add(precision + device.name())) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} computes in precision {1}: results differ from those of float32",
          device.name().strip(),
          precision.word());
    }
  }

  /**
   * Builds all kernels now, rather than each when it is first launched.
   *
   * @throws BackendException if the driver cannot build one; the message says where the compiler's
   *     words are
   */
  public void buildAll() {
    programs.buildAll();
  }

  @Override
  public String name() {
    return "opencl";
  }

  /** The device's compute units, whatever bound was asked for: they cannot be told apart. */
  @Override
  public int threads() {
    return context.device().computeUnits();
  }

  /** What products and convolutions are computed in. */
  public Precision precision() {
    return precision;
  }

  /** The device it computes on. */
  public OpenClDevice device() {
    return context.device();
  }

  /**
   * Time on the device by kernel so far; empty unless the backend was opened with {@value #PROFILE}
   * set. Waits for all kernels.
   */
  public Map<String, Profile.Total> profile() {
    context.lock();
    try {
      return context.profile().totals();
    } finally {
      context.unlock();
    }
  }

  /** Starts {@link #profile()} anew. */
  public void resetProfile() {
    context.lock();
    try {
      context.profile().reset();
    } finally {
      context.unlock();
    }
  }

  @Override
  public void finish() {
    context.lock();
    try {
      context.finish();
    } finally {
      context.unlock();
    }
  }

  // ---- memory ----------------------------------------------------------------------------------

  @Override
  public int maxAllocation() {
    // Kernels count elements in 32 bits, and some drivers bytes.
    long bytes = Math.min(context.device().maxAllocation(), Integer.MAX_VALUE);
    return (int) (bytes / Float.BYTES / ALIGNMENT * ALIGNMENT);
  }

  /** What the device's memory still holds; other programs' share of it OpenCL does not tell. */
  @Override
  public long availableBytes(long wanted) {
    return memory.available(wanted);
  }

  @Override
  public boolean onHeap() {
    return false;
  }

  @Override
  public Buffer allocate(int elements) {
    return memory.allocate(elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    transfers.upload(source, sourceOffset, count, target);
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    transfers.download(source, count, target, targetOffset);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    elementwise.fill(n, value, y);
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    copies.copy(shape, x, xOffset, xStrides, yOffset, yStrides, y);
  }

  // ---- element-wise -----------------------------------------------------------------------------

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    elementwise.unary(op, alpha, beta, n, x, y);
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    elementwise.unaryGradient(op, alpha, beta, n, saved, dy, dx);
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    elementwise.binary(op, shape, a, aStrides, b, bStrides, y);
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    elementwise.axpy(n, alpha, x, y);
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    elementwise.dropout(n, ratio, key, x, y);
  }

  // ---- contractions -----------------------------------------------------------------------------

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    Contraction product = Contraction.of(g);
    contractions.run(product, alpha, a, b, beta, Epilogue.NONE, null, null, c);
  }

  @Override
  public void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    convolution.forward(g, Epilogue.bias(bias != null), x, w, bias, null, y);
  }

  @Override
  public Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean changing) {
    if (!Contraction.fuses(epilogue.activation())) {
      return ActivatedKernel.of(this, g, epilogue, changing);
    }
    if (halfWeights != null && !changing && HalfConvolutionKernel.takes(g)) {
      return new HalfConvolutionKernel(halfWeights, convolution, g, epilogue);
    }
    return new ConvolutionKernel(this, convolution, g, epilogue, changing);
  }

  @Override
  public void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    convolution.gradientInput(g, dy, w, dx);
  }

  @Override
  public void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    convolution.gradientWeight(g, x, dy, dw);
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    this.columns.im2col(g, image, group, x, columns);
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    this.columns.col2im(g, image, group, columns, dx);
  }

  // ---- reductions and windows -------------------------------------------------------------------

  @Override
  public void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    gather.gather(outer, n, inner, indices, x, y);
  }

  @Override
  public void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    fill(outer * n * inner, 0, dx);
    gather.scatterAdd(outer, n, inner, indices, dy, dx);
  }

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    reductions.reduce(op, shape, reduced, x, y);
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    pooling.max(g, x, winners, y);
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    pooling.maxGradient(g, winners, dy, dx);
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    pooling.average(g, x, y);
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    pooling.averageGradient(g, dy, dx);
  }

  // ---- optimizer steps --------------------------------------------------------------------------

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
    steps.sgd(n, rate, momentum, nesterov, weightDecay, g, v, w);
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
    steps.adamW(n, rate, beta1, beta2, epsilon, weightDecay, step, g, m, v, w);
  }

  // ---- normalisation and softmax ----------------------------------------------------------------

  @Override
  public void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    normalisation.affine(batch, channels, plane, x, scale, shift, y);
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
    if (Normalisation.fuses(activation)) {
      normalisation.activatedAffine(
          batch, channels, plane, x, scale, shift, activation, alpha, beta, y);
    } else {
      Backend.super.activatedChannelAffine(
          batch, channels, plane, x, scale, shift, activation, alpha, beta, y);
    }
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
    normalisation.combine(batch, channels, plane, x, scaleX, z, scaleZ, shift, y);
  }

  @Override
  public void channelMoments(
      int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    normalisation.moments(batch, channels, plane, x, mean, variance);
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
    normalisation.gradientSums(batch, channels, plane, x, mean, dy, sum, dot);
  }

  @Override
  public void softmax(int outer, int n, int inner, Buffer x, Buffer y) {
    softmax.forward(false, outer, n, inner, x, y);
  }

  @Override
  public void softmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    softmax.gradient(false, outer, n, inner, y, dy, dx);
  }

  @Override
  public void logSoftmax(int outer, int n, int inner, Buffer x, Buffer y) {
    softmax.forward(true, outer, n, inner, x, y);
  }

  @Override
  public void logSoftmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    softmax.gradient(true, outer, n, inner, y, dy, dx);
  }

  @Override
  public void close() {
    context.close(
        () -> {
          transfers.close();
          programs.close();
          memory.close();
        });
  }
}
