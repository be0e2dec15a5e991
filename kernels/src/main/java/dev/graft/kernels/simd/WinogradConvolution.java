package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/** A convolution in the {@link Winograd} domain. */
final class WinogradConvolution implements ForwardConvolution {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final Winograd winograd;
  private final WinogradWeights weights;

  WinogradConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    winograd = Winograd.forward(g, scratch);
    weights = new WinogradWeights(g.outChannels(), g.inChannels(), false, scratch);
  }

  @Override
  public int packedLength() {
    return weights.packedLength();
  }

  @Override
  public void pack(HostBuffer w, float[] to) {
    weights.pack(workers, w, to);
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
      float[] u = scratch.take(weights.packedLength());
      weights.pack(workers, w, u);
      winograd.run(workers, x, u, 0);
      scratch.give(u);
    }
    winograd.target().clear();
  }
}
