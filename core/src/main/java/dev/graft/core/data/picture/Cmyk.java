package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.awt.image.Raster;

/** JPEG pictures in four printing colours, from their raw channels. */
final class Cmyk {

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

  /**
   * Adobe writes inverted levels: 255 is no ink. A colour is what the paper is left with by its ink
   * and by black, {@code (255 - c) * (255 - k) / 255}, as Pillow has it. In YCCK the YCbCr channels
   * make red, green and blue levels that are 255 minus those of CMY (libjpeg, jdcolor.c).
   */
  static BufferedImage toRgb(Raster raster, int transform) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] target = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    int[] row = new int[4 * width];
    int inverted = transform == NO_MARKER ? 255 : 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int c = row[4 * x];
        int m = row[4 * x + 1];
        int ye = row[4 * x + 2];
        if (transform == YCCK) {
          double luma = c;
          double cb = m - 128;
          double cr = ye - 128;
          c = 255 - level(luma + 1.402 * cr);
          m = 255 - level(luma - 0.344136 * cb - 0.714136 * cr);
          ye = 255 - level(luma + 1.772 * cb);
        }
        int k = row[4 * x + 3] ^ inverted;
        target[y * width + x] =
            left(c ^ inverted, k) << 16 | left(m ^ inverted, k) << 8 | left(ye ^ inverted, k);
      }
    }
    return picture;
  }

  /** {@code paper * light / 255}, rounded down where the ink's share is rounded up. */
  private static int left(int light, int black) {
    int product = (255 - light) * black + 128;
    int ink = (product >> 8) + product >> 8;
    return Math.max(0, black - ink);
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
