package dev.graft.core.backend;

/**
 * The sizes of a two-dimensional convolution: input {@code x [batch, inChannels, inHeight,
 * inWidth]}, weight {@code w [outChannels, inChannels / groups, kernelHeight, kernelWidth]}, output
 * {@code y [batch, outChannels, outHeight(), outWidth()]}, all row-major. A one-dimensional
 * convolution has height 1.
 *
 * <p>Sizes in elements, all at least 1, pads at least 0. Whoever builds a geometry has checked that
 * the kernel fits into the padded input and that {@code groups} divides both channel counts.
 */
public record ConvGeometry(
    int batch,
    int inChannels,
    int inHeight,
    int inWidth,
    int outChannels,
    int groups,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {

  /** Height of the output: {@code (in + pads - dilation (kernel - 1) - 1) / stride + 1}. */
  public int outHeight() {
    return (inHeight + padTop + padBottom - dilationHeight * (kernelHeight - 1) - 1) / strideHeight
        + 1;
  }

  /** Width of the output, by the same formula as {@link #outHeight()}. */
  public int outWidth() {
    return (inWidth + padLeft + padRight - dilationWidth * (kernelWidth - 1) - 1) / strideWidth + 1;
  }

  /** Elements in one channel of the input. */
  public int inPlane() {
    return inHeight * inWidth;
  }

  /** Elements in one channel of the output. */
  public int outPlane() {
    return outHeight() * outWidth();
  }

  /**
   * Weights that feed one output element: {@code inChannels / groups * kernelHeight * kernelWidth}.
   */
  public int patch() {
    return inChannels / groups * kernelHeight * kernelWidth;
  }

  /** Whether every channel is convolved alone (one input channel a group). */
  public boolean isDepthwise() {
    return groups == inChannels && groups > 1;
  }

  /** Whether the convolution is a plain matrix product over pixels: 1x1, stride 1, no padding. */
  public boolean isPointwise() {
    return kernelHeight == 1
        && kernelWidth == 1
        && strideHeight == 1
        && strideWidth == 1
        && padTop == 0
        && padLeft == 0
        && padBottom == 0
        && padRight == 0;
  }

  /** The same convolution of {@code batch} images. */
  public ConvGeometry withBatch(int batch) {
    return new ConvGeometry(
        batch,
        inChannels,
        inHeight,
        inWidth,
        outChannels,
        groups,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        padTop,
        padLeft,
        padBottom,
        padRight);
  }
}
