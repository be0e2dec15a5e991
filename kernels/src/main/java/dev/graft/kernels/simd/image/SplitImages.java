package dev.graft.kernels.simd.image;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.StridedCopy;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Images with strides {@code sh, sw} taken apart into {@code sh sw} phases, each a plane of every
 * sh-th row and sw-th column, padded with zeros: what a strided convolution reads lies side by side
 * then.
 */
public final class SplitImages {

  private final ConvGeometry g;
  private final int channels;
  private final int rows;
  private final int columns;
  private final int phases;

  /** The phases that some tap reads. */
  private final boolean[] used;

  private final IntConsumer part = this::part;

  // What is split just now.
  private float[] x = ScratchArrays.NONE;
  private int offset;
  private float[] to = ScratchArrays.NONE;

  /** Those of one group of a convolution. */
  public SplitImages(ConvGeometry g, Taps taps) {
    this.g = g;
    channels = g.inChannels() / g.groups();
    rows = Spans.ceil(g.inHeight(), g.strideHeight());
    columns = Spans.ceil(g.inWidth(), g.strideWidth());
    phases = g.strideHeight() * g.strideWidth();
    used = new boolean[phases];
    for (int phase : taps.phase()) {
      used[phase] = true;
    }
  }

  /** Elements of one image. */
  public int perImage() {
    return channels * phases * rows * columns;
  }

  /** The layout that {@link #split} writes. */
  public Planes planes() {
    int plane = rows * columns;
    return new Planes(perImage(), phases * plane, plane, rows, columns);
  }

  /** Splits some images of a group. */
  public void split(Workers workers, HostBuffer x, int group, int first, int images, float[] to) {
    this.x = x.array();
    this.to = to;
    offset = x.offset() + (first * g.inChannels() + group * channels) * g.inPlane();
    workers.forEach(images * channels, part);
    this.x = ScratchArrays.NONE;
    this.to = ScratchArrays.NONE;
  }

  private void part(int chunk) {
    int from = offset + (chunk / channels * g.inChannels() + chunk % channels) * g.inPlane();
    for (int phase = 0; phase < phases; phase++) {
      if (used[phase]) {
        splitPlane(from, phase, (chunk * phases + phase) * rows * columns);
      }
    }
  }

  private void splitPlane(int from, int phase, int at) {
    int ph = phase / g.strideWidth();
    int pw = phase % g.strideWidth();
    for (int row = 0; row < rows; row++) {
      int h = row * g.strideHeight() + ph;
      int valid = h < g.inHeight() ? Spans.ceil(g.inWidth() - pw, g.strideWidth()) : 0;
      if (valid > 0) {
        StridedCopy.run(x, from + h * g.inWidth() + pw, g.strideWidth(), valid, to, at);
      }
      Arrays.fill(to, at + valid, at + columns, 0f);
      at += columns;
    }
  }
}
