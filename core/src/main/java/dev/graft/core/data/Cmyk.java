package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/** JPEG pictures in four printing colours, which the JDK decodes only to raw channels. */
final class Cmyk {

  /** The Adobe marker says that the channels are CMYK. */
  static final int CMYK = 0;

  /** The Adobe marker says that the first three channels are YCbCr of inverted CMY. */
  static final int YCCK = 2;

  /** There is no Adobe marker; the levels are not inverted. */
  static final int NO_MARKER = -1;

  private Cmyk() {}

  /** The colour transform of the Adobe marker (APP14), or {@link #NO_MARKER}. */
  static int adobeTransform(byte[] jpeg) {
    int at = JpegSegments.find(jpeg, 0xEE, "Adobe");
    return at >= 0 && at + 11 < jpeg.length ? jpeg[at + 11] & 0xFF : NO_MARKER;
  }

  /** Adobe writes inverted levels: 255 is no ink. Colour is what paper and inks leave over. */
  static BufferedImage toRgb(Raster raster, int transform) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[4 * width];
    int[] rgb = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int c = row[4 * x];
        int m = row[4 * x + 1];
        int ye = row[4 * x + 2];
        int k = row[4 * x + 3];
        if (transform == YCCK) {
          double cb = m - 128;
          double cr = ye - 128;
          double luma = c;
          c = level(luma + 1.402 * cr);
          m = level(luma - 0.344136 * cb - 0.714136 * cr);
          ye = level(luma + 1.772 * cb);
        }
        if (transform == NO_MARKER) {
          c = 255 - c;
          m = 255 - m;
          ye = 255 - ye;
          k = 255 - k;
        }
        rgb[x] = c * k / 255 << 16 | m * k / 255 << 8 | ye * k / 255;
      }
      picture.setRGB(0, y, width, 1, rgb, 0, width);
    }
    return picture;
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
