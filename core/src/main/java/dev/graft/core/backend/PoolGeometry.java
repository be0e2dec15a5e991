package dev.graft.core.backend;

/**
 * The sizes of a two-dimensional pooling: input {@code x [planes, inHeight, inWidth]} with {@code
 * planes = batch * channels}, output {@code y [planes, outHeight, outWidth]}. The output size is
 * given, since rounding up ({@code ceil_mode}) is the caller's choice; windows are cut off at the
 * border of the input, so bottom and right pads appear only through {@code padBottom} and {@code
 * padRight} in the averaging count.
 *
 * @param countIncludePad for averages: divide by the number of positions within the <em>padded</em>
 *     input rather than within the input
 */
public record PoolGeometry(
    int planes,
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    boolean countIncludePad) {

  /** Elements in one plane of the input. */
  public int inPlane() {
    return inHeight * inWidth;
  }

  /** Elements in one plane of the output. */
  public int outPlane() {
    return outHeight * outWidth;
  }
}
