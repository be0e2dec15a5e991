package dev.graft.kernels.simd.winograd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.ForwardConvolution;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/** A convolution in the {@link Winograd} domain. */
public final class WinogradConvolution implements ForwardConvolution {

  private final Workers workers;
  private final Winograd winograd;

  public WinogradConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    winograd = Winograd.forward(g, scratch);
  }

  @Override
  public int packedLength() {
    return winograd.weights().packedLength();
  }

  @Override
  public void pack(HostBuffer w, float[] to) {
    winograd.weights().pack(workers, w, to);
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
    if (isPacked) {
      winograd.run(workers, x, w.array(), w.offset());
    } else {
      winograd.run(workers, x, w);
    }
    winograd.target().clear();
  }
}
