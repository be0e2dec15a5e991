package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.kernels.simd.convolution.ForwardConvolution;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.work.InTurn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A convolution with its weights packed and its epilogue in the registers. */
final class SimdConvolutionKernel implements Kernel {

  private final Backend backend;
  private final ConvGeometry g;
  private final InTurn<ForwardConvolution> convolutions;
  private final Epilogue epilogue;
  private final boolean changing;
  private @Nullable HostBuffer weights;

  /**
   * @param convolutions those of g
   * @param changing whether the weights are read where they are at every run
   */
  SimdConvolutionKernel(
      Backend backend,
      ConvGeometry g,
      InTurn<ForwardConvolution> convolutions,
      Epilogue epilogue,
      boolean changing) {
    this.backend = backend;
    this.g = g;
    this.convolutions = convolutions;
    this.epilogue = epilogue;
    this.changing = changing;
  }

  @Override
  public long bytes() {
    if (changing) {
      return 0;
    }
    ForwardConvolution one = convolutions.take();
    long bytes = (long) Float.BYTES * one.packedLength();
    convolutions.give(one);
    return bytes;
  }

  @Override
  public void pack(Buffer w) {
    if (changing) {
      weights = (HostBuffer) w;
      return;
    }
    ForwardConvolution one = convolutions.take();
    HostBuffer packed = weights != null ? weights : HostBuffer.of(new float[one.packedLength()]);
    one.pack((HostBuffer) w, packed.array());
    convolutions.give(one);
    weights = packed;
  }

  @Override
  public Object layout() {
    if (changing) {
      return this;
    }
    ForwardConvolution one = convolutions.take();
    Layout layout =
        new Layout(
            one.packing(),
            List.of(g.outChannels(), g.inChannels(), g.groups()),
            List.of(g.kernelHeight(), g.kernelWidth(), g.strideHeight(), g.strideWidth()),
            List.of(g.dilationHeight(), g.dilationWidth(), g.padTop(), g.padLeft()));
    convolutions.give(one);
    return layout;
  }

  /** All that the algorithms lay weights out by: neither batch nor size of the images. */
  private record Layout(
      Class<?> packing, List<Integer> channels, List<Integer> window, List<Integer> taps) {}

  @Override
  public void share(Kernel packed) {
    weights = ((SimdConvolutionKernel) packed).weights;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (weights == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    ForwardConvolution one = convolutions.take();
    one.run(
        (HostBuffer) x,
        weights,
        !changing,
        (HostBuffer) bias,
        (HostBuffer) residual,
        epilogue,
        (HostBuffer) y);
    convolutions.give(one);
    if (!ResultWriter.fuses(epilogue.activation())) {
      int n = g.batch() * g.outChannels() * g.outPlane();
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
