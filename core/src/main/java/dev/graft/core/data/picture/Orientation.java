package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.lang.reflect.Array;
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
  private static final long PNG = 0x89504E470D0A1A0AL;
  private static final int RIFF = 0x46464952; // "RIFF", little-endian as those behind it
  private static final int WEBP = 0x50424557; // "WEBP"
  private static final int EXIF = 0x46495845; // "EXIF"
  private static final int EXIF_CHUNK = 0x65584966; // "eXIf"

  private Orientation() {}

  /** The orientation that a JPEG, PNG, WebP or TIFF file's contents state; 1 for anything else. */
  static int of(byte[] file) {
    int at = JpegSegments.find(file, 0xE1, "Exif\0\0");
    try {
      int tiff = at >= 0 ? at + 6 : isTiff(file) ? 0 : Math.max(pngExif(file), webpExif(file));
      return tiff >= 0 ? ofTiff(ByteBuffer.wrap(file, tiff, file.length - tiff).slice()) : UPRIGHT;
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return UPRIGHT;
    }
  }

  private static int ofTiff(ByteBuffer tiff) {
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
    return UPRIGHT;
  }

  /** Start of the contents of a PNG file's Exif chunk, or -1. */
  private static int pngExif(byte[] file) {
    ByteBuffer png = ByteBuffer.wrap(file);
    if (file.length < 8 || png.getLong() != PNG) {
      return -1;
    }
    while (png.remaining() >= 8) {
      int length = png.getInt();
      int type = png.getInt();
      if (type == EXIF_CHUNK) {
        return png.position();
      }
      long next = png.position() + (length & 0xFFFFFFFFL) + 4;
      png.position((int) Math.min(file.length, next));
    }
    return -1;
  }

  private static boolean isTiff(byte[] file) {
    int head = file.length < 4 ? 0 : ByteBuffer.wrap(file).getInt();
    return head == 0x49492A00 || head == 0x4D4D002A;
  }

  /** Start of the Exif data of a WebP file, or -1: a chunk {@code EXIF} in its RIFF container. */
  private static int webpExif(byte[] file) {
    ByteBuffer riff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 12 || riff.getInt() != RIFF || riff.getInt(8) != WEBP) {
      return -1;
    }
    riff.position(12);
    while (riff.remaining() >= 8) {
      int type = riff.getInt();
      long length = riff.getInt() & 0xFFFFFFFFL;
      int at = riff.position();
      if (type == EXIF) {
        // Some writers put the prefix of JPEG's segment in front.
        boolean prefixed = length >= 6 && file[at] == 'E' && file[at + 1] == 'x';
        return prefixed ? at + 6 : at;
      }
      riff.position((int) Math.min(file.length, at + length + (length & 1)));
    }
    return -1;
  }

  /** Turns a picture upright; its colour model stays. */
  static BufferedImage upright(BufferedImage picture, int orientation) {
    if (orientation == UPRIGHT) {
      return picture;
    }
    Raster from = picture.getRaster();
    int width = picture.getWidth();
    int height = picture.getHeight();
    boolean turned = orientation >= 5;
    WritableRaster to =
        turned
            ? from.createCompatibleWritableRaster(height, width)
            : from.createCompatibleWritableRaster(width, height);
    boolean mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBelow =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    // Each row becomes a row or a column, read from either end.
    for (int y = 0; y < height; y++) {
      Object row = from.getDataElements(0, y, width, 1, null);
      Object line = mirrored ? reversed(row, width) : row;
      int place = fromBelow ? height - 1 - y : y;
      if (turned) {
        to.setDataElements(place, 0, 1, width, line);
      } else {
        to.setDataElements(0, place, width, 1, line);
      }
    }
    return new BufferedImage(picture.getColorModel(), to, picture.isAlphaPremultiplied(), null);
  }

  private static Object reversed(Object pixels, int count) {
    int elements = Array.getLength(pixels) / count;
    Object reversed = Array.newInstance(pixels.getClass().getComponentType(), elements * count);
    for (int i = 0; i < count; i++) {
      System.arraycopy(pixels, i * elements, reversed, (count - 1 - i) * elements, elements);
    }
    return reversed;
  }
}
