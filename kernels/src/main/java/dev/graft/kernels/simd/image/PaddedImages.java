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
 * The channels of one group of a convolution with their padding: every tap of every output pixel is
 * an element, and those of consecutive pixels of a row lie side by side. Strides are split into
 * phases as {@link Taps} numbers them.
 *
 * <p>Plane (image, channel, phase) has {@link #height} rows of {@link #pitch} elements.
 */
public final class PaddedImages {

  private final ConvGeometry g;
  private final Taps taps;
  private final int channels;
  private final int top;
  private final int left;

  /** Rows of a plane. */
  final int height;

  /** Elements of a row. */
  public final int pitch;

  /** Whether there is neither padding nor stride: the images can be read where they lie. */
  public final boolean asTheyAre;

  private final IntConsumer part = this::part;

  // What is copied just now.
  private float[] x = ScratchArrays.NONE;
  private int offset;
  private float[] to = ScratchArrays.NONE;

  public PaddedImages(ConvGeometry g, Taps taps) {
    this.g = g;
    this.taps = taps;
    channels = g.inChannels() / g.groups();
    top = -Taps.lowest(taps.dh());
    left = -Taps.lowest(taps.dw());
    int bottom = Taps.highest(taps.dh());
    int right = Taps.highest(taps.dw());
    asTheyAre = g.isPointwise();
    height = top + g.outHeight() + bottom;
    pitch = left + g.outWidth() + right;
  }

  private int phases() {
    return g.strideHeight() * g.strideWidth();
  }

  /** Elements of one channel of an image. */
  public int channelStride() {
    return asTheyAre ? g.inPlane() : phases() * height * pitch;
  }

  /** Elements of one image. */
  public int imageStride() {
    return asTheyAre ? g.inChannels() * g.inPlane() : channels * channelStride();
  }

  /** Where the first output pixel's tap lies in a channel. */
  public int shift(int tap) {
    return asTheyAre
        ? 0
        : (taps.phase()[tap] * height + top + taps.dh()[tap]) * pitch + left + taps.dw()[tap];
  }

  /** Copies some images of a group. */
  public void copy(Workers workers, HostBuffer x, int group, int first, int images, float[] to) {
    this.x = x.array();
    this.to = to;
    offset = x.offset() + (first * g.inChannels() + group * channels) * g.inPlane();
    workers.forEach(images * channels, part);
    this.x = ScratchArrays.NONE;
    this.to = ScratchArrays.NONE;
  }

  private void part(int chunk) {
    int from = offset + (chunk / channels * g.inChannels() + chunk % channels) * g.inPlane();
    copyChannel(x, from, to, chunk * channelStride());
  }

  private void copyChannel(float[] x, int from, float[] to, int at) {
    int sh = g.strideHeight();
    int sw = g.strideWidth();
    for (int phase = 0; phase < phases(); phase++) {
      int pw = phase % sw;
      int count = Math.min(pitch - left, Spans.ceil(Math.max(0, g.inWidth() - pw), sw));
      for (int row = 0; row < height; row++) {
        int h = (row - top) * sh + phase / sw;
        if (row < top || h >= g.inHeight() || count <= 0) {
          Arrays.fill(to, at, at + pitch, 0f);
        } else {
          Arrays.fill(to, at, at + left, 0f);
          StridedCopy.run(x, from + h * g.inWidth() + pw, sw, count, to, at + left);
          Arrays.fill(to, at + left + count, at + pitch, 0f);
        }
        at += pitch;
      }
    }
  }
}
