package dev.graft.core.plan;

/**
 * What one step of a compiled plan takes, see {@link PlanExecutor#profile}.
 *
 * @param layer name of the node it runs, the last of those that run as one; empty for what the plan
 *     itself wants, such as reading the outputs
 * @param work the operation with all that was fused into it, such as {@code Conv+Relu}
 * @param seconds of the fastest pass
 * @param multiplyAdds of its convolution or product, by its sizes and whatever the algorithm; 0 for
 *     others
 * @param bytes of what it reads and writes: activations, and weights as they are stored or packed
 */
public record StepTime(String layer, String work, double seconds, long multiplyAdds, long bytes) {

  /** Two operations a multiply-add, in 10^9 a second; 0 where there are none. */
  public double gigaflops() {
    return seconds > 0 ? 2e-9 * multiplyAdds / seconds : 0;
  }
}
