package dev.graft.core.backend;

import java.util.Arrays;

/**
 * The matrix of patches of a batch of images, {@code [(c, kh, kw), (image, oh, ow)]}, never stored
 * but read in pieces straight from the images: implicit GEMM's right operand.
 *
 * <p>The element at row {@code (c, kh, kw)} and column {@code (image, oh, ow)} is the image's
 * {@code [c, oh stride - pad + kh dilation, ow stride - pad + kw dilation]}, zero outside. Pads may
 * be negative here, as they are where a convolution's input gradient is written as a convolution.
 *
 * @param array holds the images
 * @param base position of the first image's first channel (of this group)
 * @param imageStride elements from one image to the next
 */
record Gather(
    float[] array,
    int base,
    int imageStride,
    int height,
    int width,
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

  /** The patches of one group of {@code x} that a convolution reads. */
  static Gather ofInput(ConvGeometry g, int group, HostBuffer x) {
    int groupIn = g.inChannels() / g.groups();
    return new Gather(
        x.array(),
        x.offset() + group * groupIn * g.inPlane(),
        g.inChannels() * g.inPlane(),
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

  /**
   * The patches of one group of {@code dy} whose product with the flipped kernel is the input
   * gradient; for stride 1 only.
   */
  static Gather ofOutputGradient(ConvGeometry g, int group, HostBuffer dy) {
    int groupOut = g.outChannels() / g.groups();
    return new Gather(
        dy.array(),
        dy.offset() + group * groupOut * g.outPlane(),
        g.outChannels() * g.outPlane(),
        g.outHeight(),
        g.outWidth(),
        g.inHeight(),
        g.inWidth(),
        g.kernelHeight(),
        g.kernelWidth(),
        1,
        1,
        g.dilationHeight(),
        g.dilationWidth(),
        (g.kernelHeight() - 1) * g.dilationHeight() - g.padTop(),
        (g.kernelWidth() - 1) * g.dilationWidth() - g.padLeft());
  }

  private boolean isPointwise() {
    return kernelHeight == 1
        && kernelWidth == 1
        && strideHeight == 1
        && strideWidth == 1
        && padTop == 0
        && padLeft == 0
        && outHeight == height
        && outWidth == width;
  }

  /** {@code target[0…count) =} row {@code row} of the matrix from {@code column} on. */
  void read(int row, int column, int count, float[] target) {
    int kw = row % kernelWidth;
    int kh = row / kernelWidth % kernelHeight;
    int c = row / (kernelWidth * kernelHeight);
    int plane = outHeight * outWidth;
    int channel = base + c * height * width;
    int done = 0;
    while (done < count) {
      int image = (column + done) / plane;
      int position = (column + done) % plane;
      int source = channel + image * imageStride;
      if (isPointwise()) {
        int run = Math.min(count - done, plane - position);
        System.arraycopy(array, source + position, target, done, run);
        done += run;
      } else {
        int oh = position / outWidth;
        int ow = position % outWidth;
        int run = Math.min(count - done, outWidth - ow);
        int ih = oh * strideHeight - padTop + kh * dilationHeight;
        if (ih < 0 || ih >= height) {
          Arrays.fill(target, done, done + run, 0);
        } else {
          readRow(source + ih * width, kw * dilationWidth - padLeft, ow, run, target, done);
        }
        done += run;
      }
    }
  }

  /** One run of one image row: zeros, elements at the stride, zeros. */
  private void readRow(int source, int shift, int ow, int run, float[] target, int at) {
    // Column ow reads iw = ow stride + shift; inside the row for first <= ow < last.
    int first = Math.max(ow, ceilDiv(-shift, strideWidth));
    int last = Math.min(ow + run, ceilDiv(width - shift, strideWidth));
    if (first >= last) {
      Arrays.fill(target, at, at + run, 0);
      return;
    }
    int zeros = first - ow;
    for (int i = 0; i < zeros; i++) {
      target[at + i] = 0;
    }
    int length = last - first;
    int from = source + first * strideWidth + shift;
    if (strideWidth == 1) {
      System.arraycopy(array, from, target, at + zeros, length);
    } else {
      for (int i = 0; i < length; i++) {
        target[at + zeros + i] = array[from + i * strideWidth];
      }
    }
    for (int i = zeros + length; i < run; i++) {
      target[at + i] = 0;
    }
  }

  private static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }
}
