package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * A convolution or a matrix product prepared for one geometry: the algorithm is chosen, the weights
 * are laid out as it wants them, and what follows runs in the same pass. Made by {@code prepare} of
 * a {@link Backend}; preparing allocates nothing.
 */
public interface Kernel {

  /** Bytes that {@link #pack} takes, once, and that stay taken: the weights in their new layout. */
  long bytes();

  /**
   * Takes the weights, again when they have changed. A convolution's are copied: {@code w} may
   * change or go afterwards. A kernel for changing weights remembers where they are instead, as may
   * that of a product. Must not run at the same time as {@link #run}.
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
   * {@code y = activation(conv(x, w) + bias + residual)}, or the same of a product {@code x w}.
   * Several threads may run one kernel at once.
   *
   * @param bias one value for each output channel, or column of a product; null where the epilogue
   *     has none
   * @param residual of y's shape; null where the epilogue has none; may be y, as the same view of
   *     it
   */
  void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y);
}
