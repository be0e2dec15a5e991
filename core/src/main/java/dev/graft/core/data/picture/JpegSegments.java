package dev.graft.core.data.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The marker segments at the head of a JPEG file, in front of the picture's data. */
final class JpegSegments {

  private static final int APP0 = 0xE0;
  private static final int APP14 = 0xEE;
  private static final int COMMENT = 0xFE;
  private static final int SCAN = 0xDA;

  /** A JFIF segment of version 1.1 that says nothing but that it is there. */
  private static final byte[] JFIF = {
    (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  private JpegSegments() {}

  /**
   * Start of the contents of the first segment with this marker and this identifier, or -1.
   *
   * @param marker second byte of the marker, such as 0xE1 for APP1
   */
  static int find(byte[] jpeg, int marker, String identifier) {
    for (int at = first(jpeg); at >= 0; at = next(jpeg, at)) {
      if (marker(jpeg, at) == marker && startsWith(jpeg, at + 4, identifier)) {
        return at + 4;
      }
    }
    return -1;
  }

  /**
   * The file without what the JDK's reader trips over or reads its own way. Colour profiles go: a
   * broken one is an error there, a sound one is applied, and the networks of the field were
   * trained on pictures whose profile was not. Other application data and comments go as well. A
   * file of three channels that does not say which gets a JFIF segment: without one the JDK guesses
   * RGB where every other reader takes YCbCr.
   */
  static byte[] plain(byte[] jpeg) {
    int at = first(jpeg);
    if (at < 0) {
      return jpeg;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(jpeg.length + JFIF.length);
    kept.write(jpeg, 0, 2);
    if (isUnmarkedYcc(jpeg)) {
      kept.write(JFIF, 0, JFIF.length);
    }
    int rest = 2;
    while (at >= 0) {
      int marker = marker(jpeg, at);
      int end = Math.min(jpeg.length, end(jpeg, at));
      boolean application = marker >= APP0 && marker <= 0xEF;
      boolean wanted = marker == APP0 || marker == APP14;
      if (marker != COMMENT && (!application || wanted)) {
        kept.write(jpeg, at, end - at);
      }
      rest = end;
      at = next(jpeg, at);
    }
    kept.write(jpeg, rest, jpeg.length - rest);
    return kept.toByteArray();
  }

  /** Number of colour channels; 0 if the file does not say, or is no JPEG file. */
  static int channels(byte[] jpeg) {
    int frame = frame(jpeg);
    return frame < 0 ? 0 : jpeg[frame + 9] & 0xFF;
  }

  /** Samples of all channels for each pixel, see {@link JpegScans}; 0 if this is no JPEG file. */
  static double samplesPerPixel(byte[] jpeg) {
    int first = frame(jpeg) + 11;
    int widest = 1;
    int tallest = 1;
    int samples = 0;
    for (int at = first; at < Math.min(jpeg.length, first + 3 * channels(jpeg)); at += 3) {
      int across = jpeg[at] >> 4 & 0xF;
      int down = jpeg[at] & 0xF;
      widest = Math.max(widest, across);
      tallest = Math.max(tallest, down);
      samples += across * down;
    }
    return (double) samples / (widest * tallest);
  }

  private static boolean isUnmarkedYcc(byte[] jpeg) {
    int frame = frame(jpeg);
    if (channels(jpeg) != 3
        || find(jpeg, APP0, "JFIF\0") >= 0
        || find(jpeg, APP14, "Adobe") >= 0
        || frame + 17 > jpeg.length) {
      return false;
    }
    return jpeg[frame + 10] != 'R' || jpeg[frame + 13] != 'G' || jpeg[frame + 16] != 'B';
  }

  /** Where the frame header starts: SOF0 to SOF15 but for three markers of other meaning; or -1. */
  private static int frame(byte[] jpeg) {
    for (int at = first(jpeg); at >= 0; at = next(jpeg, at)) {
      int marker = marker(jpeg, at);
      boolean frame = marker == 0xC0 || marker > 0xC0 && marker <= 0xCF && marker % 4 != 0;
      if (frame && at + 10 <= jpeg.length) {
        return at;
      }
    }
    return -1;
  }

  private static int first(byte[] jpeg) {
    boolean isJpeg = jpeg.length >= 4 && (jpeg[0] & 0xFF) == 0xFF && (jpeg[1] & 0xFF) == 0xD8;
    return isJpeg ? segment(jpeg, 2) : -1;
  }

  private static int next(byte[] jpeg, int at) {
    return segment(jpeg, end(jpeg, at));
  }

  /** Where the segment at or, behind fill bytes, after {@code at} starts; -1 at the scan. */
  private static int segment(byte[] jpeg, int at) {
    int start = at;
    while (start + 4 <= jpeg.length
        && (jpeg[start] & 0xFF) == 0xFF
        && (jpeg[start + 1] & 0xFF) == 0xFF) {
      start++;
    }
    boolean found =
        start + 4 <= jpeg.length
            && (jpeg[start] & 0xFF) == 0xFF
            && marker(jpeg, start) != SCAN
            && end(jpeg, start) >= start + 4;
    return found ? start : -1;
  }

  private static int marker(byte[] jpeg, int at) {
    return jpeg[at + 1] & 0xFF;
  }

  private static int end(byte[] jpeg, int at) {
    return at + 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
  }

  private static boolean startsWith(byte[] bytes, int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    if (at + wanted.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
