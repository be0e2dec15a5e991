package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes a picture file through {@code javax.imageio}, so that a plug-in on the class path adds
 * formats, and turns it upright. The format is told by the content, not by the name.
 */
public final class PictureFile {

  /** Refused above: as many pixels as fill 700 MB; Pillow draws its line for "bombs" here too. */
  private static final long MAX_PIXELS = 178_956_970L;

  /** Larger files are no photographs. */
  private static final long MAX_BYTES = 512L << 20;

  private PictureFile() {}

  /**
   * Reads a file.
   *
   * @throws UnreadableException if it is no picture, damaged, or too large
   */
  public static BufferedImage read(Path file) throws UnreadableException {
    byte[] bytes;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new UnreadableException("larger than 512 MiB");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnreadableException("cannot be read: " + reason(e), e);
    }
    if (bytes.length == 0) {
      throw new UnreadableException("is empty");
    }
    try {
      BufferedImage picture = decode(bytes);
      return Orientation.upright(picture, Orientation.of(bytes));
    } catch (IOException | RuntimeException e) {
      // Readers meet damaged files with all kinds of unchecked exceptions.
      throw new UnreadableException("is damaged: " + reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new UnreadableException("is too large for the memory at hand", e);
    }
  }

  private static BufferedImage decode(byte[] bytes) throws IOException, UnreadableException {
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new UnreadableException("is not a picture of a known format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS || pixels < 1) {
          throw new UnreadableException(
              "claims " + reader.getWidth(0) + " x " + reader.getHeight(0) + " pixels");
        }
        // The JDK's JPEG reader makes no image of four channels, but hands out their raster.
        if (reader.canReadRaster() && !reader.getImageTypes(0).hasNext()) {
          Raster raster = reader.readRaster(0, null);
          if (raster.getNumBands() == 4) {
            return Cmyk.toRgb(raster, Cmyk.adobeTransform(bytes));
          }
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    String text = message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse(text).strip();
  }
}
