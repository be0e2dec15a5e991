package dev.graft.kernels.simd.optimizer;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.work.Spans;

/** The steps of {@link OptimizerKernels} on all threads. */
public final class OptimizerSteps {

  private OptimizerSteps() {}

  public static void sgd(
      Workers workers,
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      HostBuffer g,
      HostBuffer v,
      HostBuffer w) {
    Spans.forEach(
        workers,
        n,
        (first, count) -> {
          int go = g.offset() + first;
          int vo = v.offset() + first;
          int wo = w.offset() + first;
          if (momentum == 0) {
            OptimizerKernels.sgd(count, rate, decay, g.array(), go, w.array(), wo);
          } else if (nesterov) {
            OptimizerKernels.nesterov(
                count, rate, momentum, decay, g.array(), go, v.array(), vo, w.array(), wo);
          } else {
            OptimizerKernels.momentum(
                count, rate, momentum, decay, g.array(), go, v.array(), vo, w.array(), wo);
          }
        });
  }

  public static void adamW(
      Workers workers,
      int n,
      OptimizerKernels.Adam adam,
      HostBuffer g,
      HostBuffer m,
      HostBuffer v,
      HostBuffer w) {
    Spans.forEach(
        workers,
        n,
        (first, count) ->
            OptimizerKernels.adamW(
                count,
                adam,
                g.array(),
                g.offset() + first,
                m.array(),
                m.offset() + first,
                v.array(),
                v.offset() + first,
                w.array(),
                w.offset() + first));
  }
}
