package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.HostBuffer;

/**
 * The gradient of a convolution to its weights, of one geometry and by the algorithm that suits it.
 * One object serves many calls, one after the other.
 */
public interface WeightGradient {

  /** {@code dw}, of all groups. */
  void run(HostBuffer x, HostBuffer dy, HostBuffer dw);
}
