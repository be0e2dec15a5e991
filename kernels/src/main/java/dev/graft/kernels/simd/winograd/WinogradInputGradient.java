package dev.graft.kernels.simd.winograd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.InputGradient;
import dev.graft.kernels.simd.work.ScratchArrays;

/** The gradient of a convolution to its input in the {@link Winograd} domain. */
public final class WinogradInputGradient implements InputGradient {

  private final Workers workers;
  private final Winograd winograd;

  public WinogradInputGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    winograd = Winograd.towardsInput(g, scratch);
  }

  @Override
  public void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
    winograd.target().over(dx.array(), dx.offset());
    winograd.run(workers, dy, w, false);
    winograd.target().clear();
  }
}
