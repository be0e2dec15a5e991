package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * A convolution prepared for one geometry: the algorithm is chosen, the weights are laid out as it
 * wants them, and what follows the convolution runs in the same pass. Made by {@link
 * Backend#prepare}; preparing allocates nothing.
 */
public interface Kernel {

  /** Bytes that {@link #pack} takes, once, and that stay taken: the weights in their new layout. */
  long bytes();

  /**
   * Takes the weights. They are copied: {@code w} may change or go afterwards, and is packed again
   * when it has changed. A kernel for changing weights remembers where they are instead. Must not
   * run at the same time as {@link #run}.
   */
  void pack(Buffer w);

  /**
   * How {@link #pack} lays weights out. Kernels of one backend whose layouts are equal can read
   * what one of them has packed; a kernel for changing weights is equal to itself alone.
   */
  Object layout();

  /**
   * Reads what {@code packed} packs, now and later, instead of packing weights itself. Must not run
   * at the same time as {@link #run}.
   *
   * @param packed a kernel with an equal layout that has weights
   */
  void share(Kernel packed);

  /**
   * {@code y = activation(conv(x, w) + bias + residual)}. Several threads may run one kernel at
   * once.
   *
   * @param bias one value for each output channel; null where the epilogue has none
   * @param residual of y's shape; null where the epilogue has none; may be y, as the same view of
   *     it
   */
  void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y);
}
