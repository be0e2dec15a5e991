package dev.graft.kernels.simd;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.pooling.AveragePool;
import dev.graft.kernels.simd.pooling.AveragePoolGradient;
import dev.graft.kernels.simd.pooling.GlobalAverage;
import dev.graft.kernels.simd.pooling.MaxPool;
import dev.graft.kernels.simd.pooling.MaxPoolGradient;
import dev.graft.kernels.simd.work.ByGeometry;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/** Pooling and its gradients. */
final class SimdPools {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ByGeometry<PoolGeometry, MaxPool> maxPools;
  private final ByGeometry<PoolGeometry, MaxPoolGradient> maxPoolGradients;
  private final ByGeometry<PoolGeometry, AveragePool> averagePools;
  private final ByGeometry<PoolGeometry, AveragePoolGradient> averagePoolGradients;

  SimdPools(Workers workers, ScratchArrays scratch) {
    this.workers = workers;
    this.scratch = scratch;
    maxPools = new ByGeometry<>(g -> new MaxPool(workers, scratch, g));
    maxPoolGradients = new ByGeometry<>(g -> new MaxPoolGradient(workers, g));
    averagePools = new ByGeometry<>(g -> new AveragePool(workers, scratch, g));
    averagePoolGradients = new ByGeometry<>(g -> new AveragePoolGradient(workers, scratch, g));
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

  /** {@code y}. */
  void average(PoolGeometry g, HostBuffer x, HostBuffer y) {
    if (GlobalAverage.suits(g)) {
      GlobalAverage.forward(workers, scratch, g, x, y);
      return;
    }
    InTurn<AveragePool> known = averagePools.of(g);
    AveragePool one = known.take();
    one.run(x, y);
    known.give(one);
  }

  /** {@code dx}. */
  void averageGradient(PoolGeometry g, HostBuffer dy, HostBuffer dx) {
    if (GlobalAverage.suits(g)) {
      GlobalAverage.gradient(workers, g, dy, dx);
      return;
    }
    InTurn<AveragePoolGradient> known = averagePoolGradients.of(g);
    AveragePoolGradient one = known.take();
    one.run(dy, dx);
    known.give(one);
  }
}
