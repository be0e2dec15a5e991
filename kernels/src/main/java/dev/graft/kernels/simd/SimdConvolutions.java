package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.ForwardConvolution;
import dev.graft.kernels.simd.convolution.InputGradient;
import dev.graft.kernels.simd.convolution.ProductConvolution;
import dev.graft.kernels.simd.convolution.ProductInputGradient;
import dev.graft.kernels.simd.convolution.ProductWeightGradient;
import dev.graft.kernels.simd.convolution.WeightGradient;
import dev.graft.kernels.simd.depthwise.DepthwiseConvolution;
import dev.graft.kernels.simd.depthwise.DepthwiseInputGradient;
import dev.graft.kernels.simd.depthwise.DepthwiseWeightGradient;
import dev.graft.kernels.simd.depthwise.StridedGradient;
import dev.graft.kernels.simd.winograd.Winograd;
import dev.graft.kernels.simd.winograd.WinogradConvolution;
import dev.graft.kernels.simd.winograd.WinogradInputGradient;
import dev.graft.kernels.simd.work.ByGeometry;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/** Convolutions and their gradients: which algorithm takes the least time for which geometry. */
final class SimdConvolutions {

  private final ByGeometry<ConvGeometry, ForwardConvolution> convolutions;
  private final ByGeometry<ConvGeometry, InputGradient> inputGradients;
  private final ByGeometry<ConvGeometry, WeightGradient> weightGradients;

  SimdConvolutions(Workers workers, ScratchArrays scratch) {
    convolutions = new ByGeometry<>(g -> forward(workers, scratch, g));
    inputGradients = new ByGeometry<>(g -> inputGradient(workers, scratch, g));
    weightGradients = new ByGeometry<>(g -> weightGradient(workers, scratch, g));
  }

  private static ForwardConvolution forward(
      Workers workers, ScratchArrays scratch, ConvGeometry g) {
    if (g.isDepthwise()) {
      return new DepthwiseConvolution(workers, scratch, g);
    }
    return Winograd.suits(g)
        ? new WinogradConvolution(workers, scratch, g)
        : new ProductConvolution(workers, scratch, g);
  }

  private static InputGradient inputGradient(
      Workers workers, ScratchArrays scratch, ConvGeometry g) {
    if (g.isDepthwise()) {
      return StridedGradient.suits(g)
          ? new StridedGradient(workers, scratch, g)
          : new DepthwiseInputGradient(workers, scratch, g);
    }
    return Winograd.suits(g)
        ? new WinogradInputGradient(workers, scratch, g)
        : new ProductInputGradient(workers, scratch, g);
  }

  private static WeightGradient weightGradient(
      Workers workers, ScratchArrays scratch, ConvGeometry g) {
    return g.isDepthwise()
        ? new DepthwiseWeightGradient(workers, scratch, g)
        : new ProductWeightGradient(workers, scratch, g);
  }

  /** {@code y = conv(x, w) + bias}. */
  void forward(
      ConvGeometry g, HostBuffer x, HostBuffer w, @Nullable HostBuffer bias, HostBuffer y) {
    InTurn<ForwardConvolution> known = convolutions.of(g);
    ForwardConvolution one = known.take();
    one.run(x, w, false, bias, null, Epilogue.NONE, y);
    known.give(one);
  }

  /** {@link Backend#prepare}. */
  Kernel kernel(Backend backend, ConvGeometry g, Epilogue epilogue, boolean changing) {
    return new SimdConvolutionKernel(backend, g, convolutions.of(g), epilogue, changing);
  }

  /** {@code dx}. */
  void inputGradient(ConvGeometry g, HostBuffer dy, HostBuffer w, HostBuffer dx) {
    InTurn<InputGradient> known = inputGradients.of(g);
    InputGradient one = known.take();
    one.run(dy, w, dx);
    known.give(one);
  }

  /** {@code dw}. */
  void weightGradient(ConvGeometry g, HostBuffer x, HostBuffer dy, HostBuffer dw) {
    InTurn<WeightGradient> known = weightGradients.of(g);
    WeightGradient one = known.take();
    one.run(x, dy, dw);
    known.give(one);
  }
}
