package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which way up a camera held a picture: tag 0x0112 of the Exif data (CIPA DC-008, section 4.6.4), 1
 * to 8. A file that damages its own Exif data is taken as upright.
 */
final class Orientation {

  private static final int UPRIGHT = 1;
  private static final int TAG = 0x0112;

  private Orientation() {}

  /** The orientation of a JPEG file's contents; 1 for anything else. */
  static int of(byte[] file) {
    int at = JpegSegments.find(file, 0xE1, "Exif\0\0");
    if (at < 0) {
      return UPRIGHT;
    }
    try {
      ByteBuffer tiff = ByteBuffer.wrap(file, at + 6, file.length - at - 6).slice();
      short order = tiff.getShort();
      tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      tiff.position(4);
      tiff.position(tiff.getInt());
      int entries = Short.toUnsignedInt(tiff.getShort());
      for (int i = 0; i < entries; i++) {
        int tag = Short.toUnsignedInt(tiff.getShort());
        tiff.position(tiff.position() + 6);
        int value = Short.toUnsignedInt(tiff.getShort());
        tiff.getShort();
        if (tag == TAG) {
          return value >= 1 && value <= 8 ? value : UPRIGHT;
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return UPRIGHT;
    }
    return UPRIGHT;
  }

  /** Turns a picture upright. */
  static BufferedImage upright(BufferedImage picture, int orientation) {
    if (orientation == UPRIGHT) {
      return picture;
    }
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean turned = orientation >= 5;
    int[] from = picture.getRGB(0, 0, width, height, null, 0, width);
    int[] to = new int[from.length];
    int toWidth = turned ? height : width;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int mirroredX = width - 1 - x;
        int mirroredY = height - 1 - y;
        int target =
            switch (orientation) {
              case 2 -> y * toWidth + mirroredX;
              case 3 -> mirroredY * toWidth + mirroredX;
              case 4 -> mirroredY * toWidth + x;
              case 5 -> x * toWidth + y;
              case 6 -> x * toWidth + mirroredY;
              case 7 -> mirroredX * toWidth + mirroredY;
              default -> mirroredX * toWidth + y;
            };
        to[target] = from[y * width + x];
      }
    }
    BufferedImage upright =
        new BufferedImage(toWidth, turned ? width : height, BufferedImage.TYPE_INT_RGB);
    upright.setRGB(0, 0, toWidth, upright.getHeight(), to, 0, toWidth);
    return upright;
  }
}
