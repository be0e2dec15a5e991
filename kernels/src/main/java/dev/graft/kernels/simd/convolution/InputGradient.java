package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.HostBuffer;

/**
 * The gradient of a convolution to its input, of one geometry and by the algorithm that suits it.
 * One object serves many calls, one after the other.
 */
public interface InputGradient {

  /** {@code dx}: the convolution of dy with the transposed weights. */
  void run(HostBuffer dy, HostBuffer w, HostBuffer dx);
}
