package dev.graft.kernels.simd.image;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.Spans;

/**
 * The layout of one channel's plane within its padding, taken apart by the stride: the pixels whose
 * row and column leave the same remainders lie together. So a tap of the kernel reads neighbouring
 * pixels for neighbouring outputs, whatever the stride, and no tap needs to ask for the border:
 * output {@code (oh, ow)} reads element {@code tap[k] + oh * step + ow}.
 *
 * <p>Behind each part is room for a vector that reads past the last output, or writes past the last
 * pixel.
 */
public final class PaddedPlane {

  final int inHeight;
  final int inWidth;
  public final int outHeight;
  public final int outWidth;
  final int strideHeight;
  final int strideWidth;
  final int padTop;
  final int padLeft;

  /** Elements from a row of a part to the next. */
  public final int step;

  /** Elements of one part. */
  final int part;

  /** Rows of a part. */
  final int rows;

  /** Columns of the input that some window reaches; those behind it are left out. */
  final int usedWidth;

  /** Whether the kernel has as many rows as columns. */
  public final boolean square;

  /** For each position in the kernel, row by row, where the first output reads. */
  public final int[] taps;

  private PaddedPlane(
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
      int padLeft) {
    this.inHeight = inHeight;
    this.inWidth = inWidth;
    this.outHeight = outHeight;
    this.outWidth = outWidth;
    this.strideHeight = strideHeight;
    this.strideWidth = strideWidth;
    this.padTop = padTop;
    this.padLeft = padLeft;
    rows = outHeight + (kernelHeight - 1) * dilationHeight / strideHeight;
    int columns = outWidth + (kernelWidth - 1) * dilationWidth / strideWidth;
    usedWidth = Math.max(0, Math.min(inWidth, columns * strideWidth - padLeft));
    int gap = columns - Math.max(0, padLeft + usedWidth);
    // The padding right of a row is the padding left of the next one, where both are there.
    int shared = strideWidth == 1 ? Math.min(padLeft, gap) : 0;
    step = Math.max(1, columns - Math.max(0, shared));
    part = rows * step + columns - step + Math.max(0, padLeft) + 2 * Lanes.COUNT;
    square = kernelHeight == kernelWidth;
    taps = new int[kernelHeight * kernelWidth];
    for (int kh = 0; kh < kernelHeight; kh++) {
      for (int kw = 0; kw < kernelWidth; kw++) {
        int h = kh * dilationHeight;
        int w = kw * dilationWidth;
        taps[kh * kernelWidth + kw] =
            part(h % strideHeight, w % strideWidth) + h / strideHeight * step + w / strideWidth;
      }
    }
  }

  public static PaddedPlane of(ConvGeometry g) {
    return new PaddedPlane(
        g.inHeight(),
        g.inWidth(),
        g.outHeight(),
        g.outWidth(),
        g.kernelHeight(),
        g.kernelWidth(),
        g.strideHeight(),
        g.strideWidth(),
        g.dilationHeight(),
        g.dilationWidth(),
        g.padTop(),
        g.padLeft());
  }

  public static PaddedPlane of(PoolGeometry g) {
    return new PaddedPlane(
        g.inHeight(),
        g.inWidth(),
        g.outHeight(),
        g.outWidth(),
        g.kernelHeight(),
        g.kernelWidth(),
        g.strideHeight(),
        g.strideWidth(),
        g.dilationHeight(),
        g.dilationWidth(),
        g.padTop(),
        g.padLeft());
  }

  /** Where the part begins whose rows and columns leave these remainders. */
  private int part(int row, int column) {
    return (row * strideWidth + column) * part;
  }

  /** Elements of all parts. */
  public int length() {
    return strideHeight * strideWidth * part;
  }

  /** Outputs of one plane. */
  int outPlane() {
    return outHeight * outWidth;
  }

  /**
   * The layout in which the gradient to the input is a correlation with the kernel turned around:
   * outputs apart by the stride with zeros between them, and what is left of the kernel's reach
   * around them. Padding wider than the kernel's reach is negative here: outputs are left out.
   */
  public static PaddedPlane ofGradient(ConvGeometry g) {
    return new PaddedPlane(
        (g.outHeight() - 1) * g.strideHeight() + 1,
        (g.outWidth() - 1) * g.strideWidth() + 1,
        g.inHeight(),
        g.inWidth(),
        g.kernelHeight(),
        g.kernelWidth(),
        1,
        1,
        g.dilationHeight(),
        g.dilationWidth(),
        g.dilationHeight() * (g.kernelHeight() - 1) - g.padTop(),
        g.dilationWidth() * (g.kernelWidth() - 1) - g.padLeft());
  }

  /** The same for the gradient of a pooling. */
  public static PaddedPlane ofGradient(PoolGeometry g) {
    return new PaddedPlane(
        (g.outHeight() - 1) * g.strideHeight() + 1,
        (g.outWidth() - 1) * g.strideWidth() + 1,
        g.inHeight(),
        g.inWidth(),
        g.kernelHeight(),
        g.kernelWidth(),
        1,
        1,
        g.dilationHeight(),
        g.dilationWidth(),
        g.dilationHeight() * (g.kernelHeight() - 1) - g.padTop(),
        g.dilationWidth() * (g.kernelWidth() - 1) - g.padLeft());
  }

  /**
   * Copies a plane into place, spread out over a layout for a gradient.
   *
   * @param height rows of x
   * @param width columns of x
   */
  public void spread(
      int height, int width, int strideHeight, int strideWidth, float[] x, int xo, float[] target) {
    int first = padLeft >= 0 ? 0 : Spans.ceil(-padLeft, strideWidth);
    int end = Math.min(width, Spans.ceil(usedWidth, strideWidth));
    int top = padTop >= 0 ? 0 : Spans.ceil(-padTop, strideHeight);
    int bottom = Math.min(height, Spans.ceil(rows - padTop, strideHeight));
    if (first >= end || top >= bottom) {
      return;
    }
    int from = xo + top * width + first;
    int to = (padTop + top * strideHeight) * step + padLeft + first * strideWidth;
    if (strideWidth == 1) {
      RowCopies.copy(
          bottom - top, end - first, 0f, x, from, width, target, to, strideHeight * step);
      return;
    }
    for (int h = 0; h < bottom - top; h++) {
      for (int w = 0; w < end - first; w++) {
        target[to + h * strideHeight * step + w * strideWidth] = x[from + h * width + w];
      }
    }
  }

  /**
   * Copies a plane into place. Elements of the padding are not written, or written with {@code
   * padding} again: it must be there from the start.
   */
  public void load(float[] x, int xo, float padding, float[] target) {
    for (int remainder = 0; remainder < strideHeight; remainder++) {
      int ih = Math.floorMod(remainder - padTop, strideHeight);
      int row = (padTop + ih) / strideHeight;
      int count = Math.min(rows - row, Spans.ceil(inHeight - ih, strideHeight));
      if (count <= 0) {
        continue;
      }
      int from = xo + ih * inWidth;
      int fromStep = strideHeight * inWidth;
      int to = part(remainder, 0) + row * step;
      if (strideWidth == 1) {
        RowCopies.copy(count, usedWidth, padding, x, from, fromStep, target, to + padLeft, step);
      } else if (strideWidth == 2) {
        int even = to + padLeft % 2 * part + padLeft / 2;
        int odd = to + (padLeft + 1) % 2 * part + (padLeft + 1) / 2;
        RowCopies.split(count, usedWidth, padding, x, from, fromStep, target, even, odd, step);
      } else {
        for (int number = 0; number < count; number++) {
          scatter(x, from + number * fromStep, target, to + number * step);
        }
      }
    }
  }

  private void scatter(float[] x, int from, float[] target, int to) {
    for (int iw = 0; iw < usedWidth; iw++) {
      int column = padLeft + iw;
      target[to + column % strideWidth * part + column / strideWidth] = x[from + iw];
    }
  }
}
