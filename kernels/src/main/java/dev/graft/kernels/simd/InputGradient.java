package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/**
 * The gradient of a convolution to its input, of one geometry and by the algorithm that suits it.
 * One object serves many calls, one after the other.
 */
interface InputGradient {

  /** By the algorithm that takes the least time. */
  static InputGradient of(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    if (g.isDepthwise()) {
      return StridedGradient.suits(g)
          ? new StridedGradient(workers, scratch, g)
          : new DepthwiseInputGradient(workers, scratch, g);
    }
    return Winograd.suits(g)
        ? new WinogradInputGradient(workers, scratch, g)
        : new ProductInputGradient(workers, scratch, g);
  }

  /** {@code dx}: the convolution of dy with the transposed weights. */
  void run(HostBuffer dy, HostBuffer w, HostBuffer dx);
}
