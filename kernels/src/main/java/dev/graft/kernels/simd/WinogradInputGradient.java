package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/** The gradient of a convolution to its input in the {@link Winograd} domain. */
final class WinogradInputGradient implements InputGradient {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final Winograd winograd;
  private final WinogradWeights weights;

  WinogradInputGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    winograd = Winograd.towardsInput(g, scratch);
    weights = new WinogradWeights(g.inChannels(), g.outChannels(), true, scratch);
  }

  @Override
  public void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
    float[] u = scratch.take(weights.packedLength());
    weights.pack(workers, w, u);
    winograd.target().over(dx.array(), dx.offset());
    winograd.run(workers, dy, u, 0);
    winograd.target().clear();
    scratch.give(u);
  }
}
