package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.SinglePixelPackedSampleModel;

/**
 * A picture as 8-bit levels in planes: {@code levels[channel][y * width + x]}, either one gray
 * plane or red, green and blue. An alpha channel is dropped, as Pillow's {@code convert("RGB")}
 * does; of 16-bit levels the upper half counts.
 */
record Raster8(int width, int height, byte[][] planes) {

  boolean isGray() {
    return planes.length == 1;
  }

  static Raster8 of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean whole = picture.getRaster().getParent() == null;
    int type = picture.getType();
    // The layouts that readers make most, without a call for each row.
    if (whole
        && picture.getRaster().getDataBuffer() instanceof DataBufferByte bytes
        && picture.getSampleModel() instanceof PixelInterleavedSampleModel model
        && model.getScanlineStride() == width * model.getPixelStride()) {
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        return new Raster8(width, height, new byte[][] {bytes.getData().clone()});
      }
      if (type == BufferedImage.TYPE_3BYTE_BGR) {
        return interleaved(width, height, bytes.getData(), 3, 2);
      }
      if (type == BufferedImage.TYPE_4BYTE_ABGR) {
        return interleaved(width, height, bytes.getData(), 4, 3);
      }
    }
    byte[][] planes;
    if (whole
        && (type == BufferedImage.TYPE_INT_RGB || type == BufferedImage.TYPE_INT_ARGB)
        && picture.getRaster().getDataBuffer() instanceof DataBufferInt ints
        && picture.getSampleModel() instanceof SinglePixelPackedSampleModel model
        && model.getScanlineStride() == width) {
      planes = new byte[3][width * height];
      unpack(ints.getData(), width * height, planes, 0);
    } else if (picture.getColorModel() instanceof ComponentColorModel colours && isPlain(colours)) {
      planes = components(picture, colours);
    } else {
      planes = new byte[3][width * height];
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        unpack(picture.getRGB(0, y, width, 1, row, 0, width), width, planes, y * width);
      }
    }
    return new Raster8(width, height, planes);
  }

  /** Whether the samples are the levels: gray or red, green, blue in whole numbers. */
  private static boolean isPlain(ComponentColorModel colours) {
    boolean whole = colours.getTransferType() <= java.awt.image.DataBuffer.TYPE_USHORT;
    boolean gray = colours.getNumColorComponents() == 1;
    return whole
        && !colours.isAlphaPremultiplied()
        && (gray || colours.getColorSpace().isCS_sRGB());
  }

  /** Levels as they are stored: getRGB would pass gray ones through a linear colour space. */
  private static byte[][] components(BufferedImage picture, ColorModel colours) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    byte[][] planes = new byte[colours.getNumColorComponents()][width * height];
    int[] row = new int[width];
    for (int band = 0; band < planes.length; band++) {
      int bits = colours.getComponentSize(band);
      int most = (1 << bits) - 1;
      for (int y = 0; y < height; y++) {
        picture.getRaster().getSamples(0, y, width, 1, band, row);
        for (int x = 0; x < width; x++) {
          int level = bits >= 8 ? row[x] >> (bits - 8) : row[x] * 255 / most;
          planes[band][y * width + x] = (byte) level;
        }
      }
    }
    return planes;
  }

  private static Raster8 interleaved(int width, int height, byte[] data, int step, int red) {
    byte[][] planes = new byte[3][width * height];
    for (int c = 0; c < 3; c++) {
      byte[] plane = planes[c];
      for (int i = 0, from = red - c; i < plane.length; i++, from += step) {
        plane[i] = data[from];
      }
    }
    return new Raster8(width, height, planes);
  }

  private static void unpack(int[] rgb, int count, byte[][] planes, int at) {
    for (int i = 0; i < count; i++) {
      planes[0][at + i] = (byte) (rgb[i] >> 16);
      planes[1][at + i] = (byte) (rgb[i] >> 8);
      planes[2][at + i] = (byte) rgb[i];
    }
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
