package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.PixelInterleavedSampleModel;

/**
 * A picture as 8-bit levels in planes: {@code levels[channel][y * width + x]}, either one gray
 * plane or red, green and blue. An alpha channel is dropped, as Pillow's {@code convert("RGB")}
 * does.
 */
record Raster8(int width, int height, byte[][] planes) {

  boolean isGray() {
    return planes.length == 1;
  }

  static Raster8 of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean whole = picture.getRaster().getParent() == null;
    boolean gray = picture.getColorModel().getNumColorComponents() == 1;
    if (whole && picture.getRaster().getDataBuffer() instanceof DataBufferByte bytes) {
      boolean dense =
          picture.getSampleModel() instanceof PixelInterleavedSampleModel model
              && model.getScanlineStride() == width * model.getPixelStride();
      int type = picture.getType();
      if (dense && type == BufferedImage.TYPE_BYTE_GRAY) {
        return new Raster8(width, height, new byte[][] {bytes.getData().clone()});
      }
      if (dense && type == BufferedImage.TYPE_3BYTE_BGR) {
        return interleaved(width, height, bytes.getData(), 3, 2);
      }
      if (dense && type == BufferedImage.TYPE_4BYTE_ABGR) {
        return interleaved(width, height, bytes.getData(), 4, 3);
      }
    }
    if (whole
        && picture.getType() == BufferedImage.TYPE_INT_RGB
        && picture.getRaster().getDataBuffer() instanceof DataBufferInt ints) {
      return packed(width, height, ints.getData());
    }
    int[] rgb = picture.getRGB(0, 0, width, height, null, 0, width);
    if (gray) {
      return grayOf(picture, width, height);
    }
    return packed(width, height, rgb);
  }

  /** Gray levels as they are stored: getRGB would pass them through a colour space. */
  private static Raster8 grayOf(BufferedImage picture, int width, int height) {
    int bits = picture.getColorModel().getComponentSize(0);
    int[] samples = picture.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
    byte[] levels = new byte[samples.length];
    int most = (1 << bits) - 1;
    for (int i = 0; i < samples.length; i++) {
      levels[i] = (byte) (bits == 8 ? samples[i] : (int) ((long) samples[i] * 255 / most));
    }
    return new Raster8(width, height, new byte[][] {levels});
  }

  private static Raster8 interleaved(int width, int height, byte[] data, int step, int red) {
    byte[][] planes = new byte[3][width * height];
    for (int i = 0; i < width * height; i++) {
      planes[0][i] = data[i * step + red];
      planes[1][i] = data[i * step + red - 1];
      planes[2][i] = data[i * step + red - 2];
    }
    return new Raster8(width, height, planes);
  }

  private static Raster8 packed(int width, int height, int[] rgb) {
    byte[][] planes = new byte[3][width * height];
    for (int i = 0; i < width * height; i++) {
      planes[0][i] = (byte) (rgb[i] >> 16);
      planes[1][i] = (byte) (rgb[i] >> 8);
      planes[2][i] = (byte) rgb[i];
    }
    return new Raster8(width, height, planes);
  }

  /** One plane of luma, by ITU-R 601 in the integer arithmetic of Pillow's "L". */
  Raster8 toGray() {
    if (isGray()) {
      return this;
    }
    byte[] levels = new byte[width * height];
    for (int i = 0; i < levels.length; i++) {
      int r = planes[0][i] & 0xFF;
      int g = planes[1][i] & 0xFF;
      int b = planes[2][i] & 0xFF;
      levels[i] = (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
    }
    return new Raster8(width, height, new byte[][] {levels});
  }
}
