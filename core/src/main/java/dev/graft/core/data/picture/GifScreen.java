package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The logical screen of a GIF file and where its first frame stands on it (GIF89a, sections 18 and
 * 20): the frame alone, as readers give it, may be a small part of the picture.
 *
 * @param background colour of the screen around the frame, {@code 0xRRGGBB}
 */
record GifScreen(int width, int height, int left, int top, int background) {

  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;

  /** The screen that a file describes; null if it is no GIF or says nothing of use. */
  static @Nullable GifScreen of(byte[] file) {
    if (file.length < 13 || file[0] != 'G' || file[1] != 'I' || file[2] != 'F') {
      return null;
    }
    ByteBuffer gif = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int width = Short.toUnsignedInt(gif.getShort(6));
      int height = Short.toUnsignedInt(gif.getShort(8));
      int packed = gif.get(10);
      boolean hasColours = (packed & 0x80) != 0;
      int colours = hasColours ? 2 << (packed & 7) : 0;
      int index = Byte.toUnsignedInt(gif.get(11));
      int background = index < colours ? colour(gif, 13 + 3 * index) : 0;
      gif.position(13 + 3 * colours);
      while (true) {
        int block = Byte.toUnsignedInt(gif.get());
        if (block == IMAGE) {
          int left = Short.toUnsignedInt(gif.getShort());
          int top = Short.toUnsignedInt(gif.getShort());
          return width == 0 || height == 0
              ? null
              : new GifScreen(width, height, left, top, background);
        }
        if (block != EXTENSION) {
          return null;
        }
        gif.get();
        for (int size = gif.get() & 0xFF; size > 0; size = gif.get() & 0xFF) {
          gif.position(gif.position() + size);
        }
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return null;
    }
  }

  private static int colour(ByteBuffer gif, int at) {
    return (gif.get(at) & 0xFF) << 16 | (gif.get(at + 1) & 0xFF) << 8 | gif.get(at + 2) & 0xFF;
  }

  /** The frame on the screen; the frame itself where it covers the screen. */
  BufferedImage around(BufferedImage frame) {
    boolean covers =
        left == 0 && top == 0 && frame.getWidth() >= width && frame.getHeight() >= height;
    if (covers) {
      return frame;
    }
    BufferedImage screen = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        screen.setRGB(x, y, background);
      }
    }
    for (int y = 0; y < Math.min(frame.getHeight(), height - top); y++) {
      for (int x = 0; x < Math.min(frame.getWidth(), width - left); x++) {
        int colour = frame.getRGB(x, y);
        if (colour >>> 24 != 0) {
          screen.setRGB(left + x, top + y, colour);
        }
      }
    }
    return screen;
  }
}
