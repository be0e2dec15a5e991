package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A prepared convolution whose weights are packed as float16 and read as float32. Everything else
 * is as in {@link ConvolutionKernel}.
 */
public final class HalfConvolutionKernel implements Kernel {

  private final HalfWeights half;
  private final Convolution convolution;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private @Nullable ClBuffer weights;

  public HalfConvolutionKernel(
      HalfWeights half, Convolution convolution, ConvGeometry g, Epilogue epilogue) {
    this.half = half;
    this.convolution = convolution;
    this.g = g;
    this.epilogue = epilogue;
  }

  /** Small groups have few weights, and a kernel of their own that reads float32. */
  public static boolean takes(ConvGeometry g) {
    return !Depthwise.takes(g);
  }

  private int elements() {
    return g.outChannels() * g.patch();
  }

  @Override
  public long bytes() {
    return (long) Float.BYTES * HalfWeights.floats(elements());
  }

  /**
   * Waits for the device.
   *
   * @throws BackendException if a weight is larger than float16 can hold
   */
  @Override
  public void pack(Buffer w) {
    if (weights == null) {
      // At the start of a memory object of its own: kernels count offsets in elements.
      weights = half.allocate(elements());
    }
    String what =
        String.format(
            "convolution with weights [%d,%d,%d,%d]",
            g.outChannels(), g.inChannels() / g.groups(), g.kernelHeight(), g.kernelWidth());
    half.round(elements(), w, weights, what);
  }

  @Override
  public Object layout() {
    return new Layout(g.outChannels(), g.patch());
  }

  private record Layout(int channels, int patch) {}

  @Override
  public void share(Kernel packed) {
    weights = ((HalfConvolutionKernel) packed).weights;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (weights == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    convolution.forwardOfHalves(g, epilogue, x, weights, bias, residual, y);
  }
}
