package dev.graft.kernels.simd.image;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.kernels.simd.vector.Lanes;

/**
 * Whether planes are worth taking apart by the stride. There are as many parts as a stride has rows
 * times columns, each with room for vectors at its end; where windows lie far apart, that is memory
 * for parts that nobody reads, without bound.
 */
public final class StridedParts {

  /** Elements of all parts for each one of the padded plane. */
  private static final long MOST = 16;

  /** Elements that are always affordable. */
  private static final long FEW = 1 << 16;

  private StridedParts() {}

  /** Whether the parts of what one group reads are few enough, and can be indexed. */
  public static boolean suit(ConvGeometry g) {
    long parts =
        elements(
            g.strideHeight(),
            g.strideWidth(),
            along(
                g.inHeight(),
                g.outHeight(),
                g.kernelHeight(),
                g.dilationHeight(),
                g.strideHeight()),
            along(g.inWidth(), g.outWidth(), g.kernelWidth(), g.dilationWidth(), g.strideWidth()),
            g.padLeft());
    long height = (long) g.inHeight() + g.padTop() + g.padBottom();
    long width = (long) g.inWidth() + g.padLeft() + g.padRight();
    return parts <= MOST * height * width + FEW
        && parts * (g.inChannels() / g.groups()) <= Integer.MAX_VALUE;
  }

  /** Whether the parts of a plane are few enough. */
  public static boolean suit(PoolGeometry g) {
    long parts =
        elements(
            g.strideHeight(),
            g.strideWidth(),
            along(
                g.inHeight(),
                g.outHeight(),
                g.kernelHeight(),
                g.dilationHeight(),
                g.strideHeight()),
            along(g.inWidth(), g.outWidth(), g.kernelWidth(), g.dilationWidth(), g.strideWidth()),
            g.padLeft());
    long height = (long) g.inHeight() + g.padTop() + g.padBottom();
    long width = (long) g.inWidth() + g.padLeft() + g.padRight();
    return parts <= Math.min(MOST * height * width + FEW, Integer.MAX_VALUE);
  }

  /** No less than what the kernels take: they leave out what they need not keep. */
  private static long elements(
      int strideHeight, int strideWidth, long rows, long columns, int pad) {
    return (long) strideHeight * strideWidth * (rows * columns + columns + pad + 4L * Lanes.COUNT);
  }

  /** Rows, or columns, of a part that covers both the input and what the windows reach. */
  private static long along(int in, int out, int kernel, int dilation, int stride) {
    return out + (kernel - 1L) * dilation / stride + in / stride + 1;
  }
}
