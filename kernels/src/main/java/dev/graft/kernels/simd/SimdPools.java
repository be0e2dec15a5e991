package dev.graft.kernels.simd;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/** Max pooling and its gradient. */
final class SimdPools {

  private final ByGeometry<PoolGeometry, MaxPool> maxPools;
  private final ByGeometry<PoolGeometry, MaxPoolGradient> maxPoolGradients;

  SimdPools(Workers workers, ScratchArrays scratch) {
    maxPools = new ByGeometry<>(g -> new MaxPool(workers, scratch, g));
    maxPoolGradients = new ByGeometry<>(g -> new MaxPoolGradient(workers, g));
  }

  /** {@code y}, and the numbers of the taps that won. */
  void max(PoolGeometry g, HostBuffer x, @Nullable HostBuffer winners, HostBuffer y) {
    InTurn<MaxPool> known = maxPools.of(g);
    MaxPool one = known.take();
    one.run(x, winners, y);
    known.give(one);
  }

  /** {@code dx}. */
  void maxGradient(PoolGeometry g, HostBuffer winners, HostBuffer dy, HostBuffer dx) {
    InTurn<MaxPoolGradient> known = maxPoolGradients.of(g);
    MaxPoolGradient one = known.take();
    one.run(winners, dy, dx);
    known.give(one);
  }
}
