package dev.graft.kernels.simd.image;

import dev.graft.kernels.simd.work.ScratchArrays;

/**
 * Images as a convolution of stride 1 reads them: planes of {@code height x width}, rows without
 * gaps. One object serves many images of the same sizes, one after the other, each {@link #over} an
 * array.
 */
public final class Planes {

  private final int imageStride;
  private final int channelStride;
  private final int phaseStride;
  private final int height;
  private final int width;

  private float[] array = ScratchArrays.NONE;
  private int offset;

  /**
   * @param imageStride elements from one image to the next
   * @param channelStride elements from one channel to the next
   * @param phaseStride elements from one phase of a channel to the next
   */
  Planes(int imageStride, int channelStride, int phaseStride, int height, int width) {
    this.imageStride = imageStride;
    this.channelStride = channelStride;
    this.phaseStride = phaseStride;
    this.height = height;
    this.width = width;
  }

  /** Images [batch, channels, height, width] as they are. */
  public static Planes of(int channels, int height, int width) {
    int plane = height * width;
    return new Planes(channels * plane, plane, 0, height, width);
  }

  /** The images that begin there. */
  public Planes over(float[] array, int offset) {
    this.array = array;
    this.offset = offset;
    return this;
  }

  public float[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int imageStride() {
    return imageStride;
  }

  public int channelStride() {
    return channelStride;
  }

  public int phaseStride() {
    return phaseStride;
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }
}
