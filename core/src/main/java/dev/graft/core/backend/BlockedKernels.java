package dev.graft.core.backend;

/**
 * Kernels over values whose channels lie in blocks: of {@code [batch, channels, height, width]}, in
 * row-major order, {@code [batch, blocks, height, width, lanes]} is made, with {@code blocks =
 * channels / lanes} rounded up ("NCHWc", Georganas et al., "Anatomy of High-Performance Deep
 * Learning Convolutions on SIMD Architectures", SC 2018). A vector then holds neighbouring channels
 * of one pixel, whatever the window, the stride and the size of the plane.
 *
 * <p>What lies in the lanes behind the last channel means nothing: kernels write anything there and
 * let nothing of it into a channel. Sums are those of {@link Backend}'s kernels in any order.
 */
public interface BlockedKernels {

  /** Channels in a block. */
  int lanes();

  /**
   * Whether a convolution whose output lies in blocks is there and faster than {@link
   * Backend#prepare(ConvGeometry, Epilogue, boolean)} has it.
   */
  boolean suits(ConvGeometry g, Epilogue epilogue);

  /** Whether that convolution can read a planar input as well. */
  boolean readsPlanar(ConvGeometry g);

  /**
   * Prepares a convolution with weights that stay the same over many calls.
   *
   * @param g one that {@link #suits}
   * @param planar whether the input is planar, where it can be; the output and the residual, which
   *     is not the output, lie in blocks
   * @return a kernel that has no weights yet
   */
  Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean planar);

  /**
   * {@link Backend#maxPool} without the winners.
   *
   * @param g planes are blocks: {@code batch * blocks}
   */
  void maxPool(PoolGeometry g, Buffer x, Buffer y);

  /**
   * {@code y = x s[image, channel]}: what squeeze and excitation does to each channel.
   *
   * @param s planar: {@code [batch, channels]}
   */
  void scale(int batch, int channels, int plane, Buffer x, Buffer s, Buffer y);

  /**
   * The mean of each channel over its plane.
   *
   * @param y planar: {@code [batch, channels]}
   */
  void globalAverage(int batch, int channels, int plane, Buffer x, Buffer y);
}
