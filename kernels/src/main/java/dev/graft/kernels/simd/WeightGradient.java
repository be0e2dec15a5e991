package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/**
 * The gradient of a convolution to its weights, of one geometry and by the algorithm that suits it.
 * One object serves many calls, one after the other.
 */
interface WeightGradient {

  /** By the algorithm that takes the least time. */
  static WeightGradient of(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    return g.isDepthwise()
        ? new DepthwiseWeightGradient(workers, scratch, g)
        : new ProductWeightGradient(workers, scratch, g);
  }

  /** {@code dw}, of all groups. */
  void run(HostBuffer x, HostBuffer dy, HostBuffer dw);
}
