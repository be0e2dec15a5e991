package dev.graft.core.data.picture;

import dev.graft.core.data.UnreadableException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes a picture file through {@code javax.imageio}, so that a plug-in on the class path adds
 * formats, and turns it upright. The format is told by the content, not by the name. Of an animated
 * GIF the first frame counts, on the whole of its screen.
 */
public final class PictureFile {

  /** Refused above: as many pixels as fill 700 MB; Pillow draws its line for "bombs" here too. */
  private static final long MAX_PIXELS = 178_956_970L;

  /** Decoded pixels and the planes made of them. */
  private static final int BYTES_PER_PIXEL = 7;

  /** Decoded pixels alone, while the decoder keeps what it makes them of. */
  private static final int DECODED = 4;

  /** Larger files are no photographs. */
  private static final long MAX_BYTES = 512L << 20;

  private PictureFile() {}

  /**
   * Reads a file.
   *
   * @throws UnreadableException if it is no picture, damaged or truncated, or claims more pixels
   *     than a picture may have or the heap has room for; the message follows the file's name
   */
  public static BufferedImage read(Path file) {
    byte[] bytes;
    try {
      if (!Files.isRegularFile(file)) {
        throw new UnreadableException(Files.exists(file) ? "is no file" : "does not exist");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new UnreadableException("is larger than 512 MiB");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnreadableException("cannot be read: " + reason(e), e);
    }
    return read(bytes);
  }

  /**
   * Reads a picture from a stream, such as an upload, to its end; the stream stays the caller's to
   * close. The same limits hold as for a file.
   *
   * @throws UnreadableException as {@link #read(Path)}, or if the stream breaks off
   */
  public static BufferedImage read(InputStream stream) {
    byte[] bytes;
    try {
      bytes = stream.readNBytes((int) MAX_BYTES + 1);
    } catch (IOException e) {
      throw new UnreadableException("cannot be read: " + reason(e), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new UnreadableException("is larger than 512 MiB");
    }
    return read(bytes);
  }

  /**
   * Reads a file's contents.
   *
   * @throws UnreadableException as {@link #read(Path)}
   */
  public static BufferedImage read(byte[] bytes) {
    if (bytes.length == 0) {
      throw new UnreadableException("is empty");
    }
    try {
      return Orientation.upright(decode(JpegSegments.plain(bytes)), Orientation.of(bytes));
    } catch (UnreadableException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers meet damaged files with all kinds of unchecked exceptions.
      throw new UnreadableException(isEnd(e) ? "is truncated" : "is damaged: " + reason(e), e);
    } catch (OutOfMemoryError e) {
      // A damaged file can state a length that no array has; that is no reason to stop the run.
      throw new UnreadableException("needs more memory than there is", e);
    }
  }

  private static BufferedImage decode(byte[] bytes) throws IOException {
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new UnreadableException(
            "is not a picture of a known format (found " + FoundFormat.of(bytes) + ")");
      }
      ImageReader reader = readers.next();
      try {
        Truncation truncation = new Truncation();
        reader.addIIOReadWarningListener(truncation);
        reader.setInput(stream, true, true);
        checkSize(reader.getWidth(0), reader.getHeight(0), JpegScans.of(bytes));
        GifScreen screen = GifScreen.of(bytes);
        if (screen != null) {
          checkSize(screen.width(), screen.height(), JpegScans.of(bytes));
        }
        BufferedImage picture = JpegPixels.of(reader, bytes);
        picture = screen == null ? picture : screen.around(picture);
        if (truncation.lostData()) {
          throw new UnreadableException("is truncated");
        }
        return picture;
      } finally {
        reader.dispose();
      }
    }
  }

  /** Before anything is allocated: a header of twenty bytes can claim any size. */
  private static void checkSize(int width, int height, JpegScans scans) {
    long pixels = (long) width * height;
    if (pixels < 1 || pixels > MAX_PIXELS) {
      throw new UnreadableException(
          "claims " + width + " x " + height + " pixels; the limit is " + MAX_PIXELS + " in all");
    }
    scans.check(pixels, MAX_PIXELS);
    long needed = pixels * Math.max(BYTES_PER_PIXEL, DECODED + scans.bytesPerPixel());
    // Several threads decode at a time, and the batches want room as well.
    long allowed = Runtime.getRuntime().maxMemory() / 4;
    if (needed > allowed) {
      throw new UnreadableException(
          String.format(
              "has %d x %d pixels, which take %d MB; a quarter of the heap is %d MB: scale the"
                  + " picture down or raise -Xmx",
              width, height, needed >> 20, allowed >> 20));
    }
  }

  private static boolean isEnd(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof EOFException) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    String text = message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    return text.strip().lines().findFirst().orElse(text);
  }

  /**
   * The JDK's JPEG reader fills what is missing with gray and only warns, in English always. A file
   * that lacks no more than its end marker is whole.
   */
  private static final class Truncation implements IIOReadWarningListener {
    private boolean atEnd;
    private boolean withinData;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      atEnd |= warning.contains("Missing EOI");
      withinData |= warning.contains("premature end of data");
    }

    boolean lostData() {
      return atEnd && withinData;
    }
  }
}
