package dev.graft.core.backend;

import java.util.Arrays;

/** {@link Backend#im2col} and {@link Backend#col2im} of {@link JavaBackend}. */
final class JavaUnfold {

  private JavaUnfold() {}

  static void im2col(ConvGeometry g, int image, int group, HostBuffer x, HostBuffer columns) {
    Gather patches = Gather.ofInput(g, group, x);
    int plane = g.outPlane();
    float[] row = new float[plane];
    for (int k = 0; k < g.patch(); k++) {
      patches.read(k, image * plane, plane, row);
      System.arraycopy(row, 0, columns.array(), columns.offset() + k * plane, plane);
    }
  }

  static void col2im(ConvGeometry g, int image, int group, HostBuffer columns, HostBuffer dx) {
    int groupIn = g.inChannels() / g.groups();
    int first = dx.offset() + (image * g.inChannels() + group * groupIn) * g.inPlane();
    Arrays.fill(dx.array(), first, first + groupIn * g.inPlane(), 0);
    int taps = g.kernelHeight() * g.kernelWidth();
    for (int k = 0; k < g.patch(); k++) {
      int kh = k % taps / g.kernelWidth();
      int kw = k % g.kernelWidth();
      int plane = first + k / taps * g.inPlane();
      for (int oh = 0; oh < g.outHeight(); oh++) {
        int ih = oh * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
        if (ih >= 0 && ih < g.inHeight()) {
          int from = columns.offset() + k * g.outPlane() + oh * g.outWidth();
          addRow(g, kw, columns.array(), from, dx.array(), plane + ih * g.inWidth());
        }
      }
    }
  }

  private static void addRow(
      ConvGeometry g, int kw, float[] columns, int from, float[] dx, int row) {
    int shift = kw * g.dilationWidth() - g.padLeft();
    int stride = g.strideWidth();
    int first = Math.max(0, -Math.floorDiv(shift, stride));
    int last = Math.min(g.outWidth(), -Math.floorDiv(shift - g.inWidth(), stride));
    for (int ow = first; ow < last; ow++) {
      dx[row + ow * stride + shift] += columns[from + ow];
    }
  }
}
