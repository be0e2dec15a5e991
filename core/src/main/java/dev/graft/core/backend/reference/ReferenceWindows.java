package dev.graft.core.backend.reference;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.reference.ReferenceBackend.DoubleBuffer;

/**
 * Unfolding an image into the patches that a convolution sees, and the transpose. With the patches
 * as columns of a matrix, a convolution is one matrix product (Chellapilla, Puri, Simard, "High
 * performance convolutional neural networks for document processing", 2006).
 */
final class ReferenceWindows {

  private ReferenceWindows() {}

  /** {@code columns[(c, kh, kw), (oh, ow)] = x[image, group's c, ih, iw]}, or 0 in the padding. */
  static void im2col(ConvGeometry g, int image, int group, DoubleBuffer x, DoubleBuffer columns) {
    for (int row = 0; row < g.patch(); row++) {
      for (int column = 0; column < g.outPlane(); column++) {
        int from = position(g, image, group, row, column);
        columns.set(row * g.outPlane() + column, from < 0 ? 0 : x.get(from));
      }
    }
  }

  /**
   * {@code dx[image, group's c, ih, iw] = Σ columns[(c, kh, kw), (oh, ow)]} over all that read it.
   */
  static void col2im(ConvGeometry g, int image, int group, DoubleBuffer columns, DoubleBuffer dx) {
    int groupIn = g.inChannels() / g.groups();
    int start = (image * g.inChannels() + group * groupIn) * g.inPlane();
    for (int i = 0; i < groupIn * g.inPlane(); i++) {
      dx.set(start + i, 0);
    }
    for (int row = 0; row < g.patch(); row++) {
      for (int column = 0; column < g.outPlane(); column++) {
        int to = position(g, image, group, row, column);
        if (to >= 0) {
          dx.add(to, columns.get(row * g.outPlane() + column));
        }
      }
    }
  }

  /** The element of x that stands at (row, column) of the unfolded image; -1 in the padding. */
  private static int position(ConvGeometry g, int image, int group, int row, int column) {
    int kw = row % g.kernelWidth();
    int kh = row / g.kernelWidth() % g.kernelHeight();
    int c = row / (g.kernelWidth() * g.kernelHeight());
    int oh = column / g.outWidth();
    int ow = column % g.outWidth();
    int ih = oh * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
    int iw = ow * g.strideWidth() - g.padLeft() + kw * g.dilationWidth();
    if (ih < 0 || ih >= g.inHeight() || iw < 0 || iw >= g.inWidth()) {
      return -1;
    }
    int channel = group * (g.inChannels() / g.groups()) + c;
    return ((image * g.inChannels() + channel) * g.inHeight() + ih) * g.inWidth() + iw;
  }
}
