package dev.graft.core.data.picture;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/** Reads the pixels of a JPEG file where the JDK's way of reading them costs or differs. */
final class JpegPixels {

  private JpegPixels() {}

  /**
   * Reads the picture; of another format, as its reader does.
   *
   * @param reader at the file
   * @param jpeg the file's contents
   */
  static BufferedImage of(ImageReader reader, byte[] jpeg) throws IOException {
    int channels = JpegSegments.channels(jpeg);
    // The JDK converts CMYK its own way, which depends on its version; the raster is what it is.
    if (channels == 4 && reader.canReadRaster()) {
      Raster raster = reader.readRaster(0, null);
      if (raster.getNumBands() == 4) {
        return Cmyk.toRgb(raster, Cmyk.adobeTransform(jpeg));
      }
    }
    if (channels != 3) {
      return reader.read(0);
    }
    BufferedImage picture =
        new BufferedImage(reader.getWidth(0), reader.getHeight(0), BufferedImage.TYPE_3BYTE_BGR);
    ImageReadParam parameters = reader.getDefaultReadParam();
    parameters.setDestination(redFirst(picture.getRaster()));
    reader.read(0, parameters);
    swap(((DataBufferByte) picture.getRaster().getDataBuffer()).getData());
    return picture;
  }

  /**
   * A view of the picture with red before green before blue, as the decoder has them: its rows are
   * copied as they are. With blue first, each row of each scan would go by way of another one,
   * which for a progressive file of ten scans is 30 bytes of garbage a pixel.
   */
  private static BufferedImage redFirst(WritableRaster raster) {
    int width = raster.getWidth();
    ColorModel colours =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    WritableRaster view =
        Raster.createInterleavedRaster(
            raster.getDataBuffer(),
            width,
            raster.getHeight(),
            3 * width,
            3,
            new int[] {0, 1, 2},
            null);
    return new BufferedImage(colours, view, false, null);
  }

  private static void swap(byte[] levels) {
    for (int i = 0; i < levels.length; i += 3) {
      byte red = levels[i];
      levels[i] = levels[i + 2];
      levels[i + 2] = red;
    }
  }
}
