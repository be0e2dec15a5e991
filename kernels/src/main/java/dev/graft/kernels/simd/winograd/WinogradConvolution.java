package dev.graft.kernels.simd.winograd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.ForwardConvolution;
import dev.graft.kernels.simd.product.LeftOperand;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/**
 * A convolution in the {@link Winograd} domain. Its packed weights are those of the direct product,
 * a quarter of the transformed ones: small and large batches of one network share them.
 */
public final class WinogradConvolution implements ForwardConvolution {

  private final Workers workers;
  private final Winograd winograd;
  private final LeftOperand left;

  public WinogradConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    winograd = Winograd.forward(g, scratch);
    left = LeftOperand.matrix(false, g.outChannels(), g.patch());
  }

  @Override
  public int packedLength() {
    return left.packedLength();
  }

  @Override
  public Class<?> packing() {
    return LeftOperand.class;
  }

  @Override
  public void pack(HostBuffer w, float[] to) {
    left.over(w.array(), w.offset()).pack(workers, 0, left.k(), to, 0);
    left.over(ScratchArrays.NONE, 0);
  }

  @Override
  public void run(
      HostBuffer x,
      HostBuffer w,
      boolean isPacked,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y) {
    winograd
        .target()
        .over(y.array(), y.offset())
        .plusBias(bias, 0)
        .plusResidual(residual, y)
        .activated(epilogue.activation(), epilogue.alpha(), epilogue.beta());
    winograd.run(workers, x, w, isPacked);
    winograd.target().clear();
  }
}
