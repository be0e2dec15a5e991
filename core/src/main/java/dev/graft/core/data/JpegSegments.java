package dev.graft.core.data;

import java.nio.charset.StandardCharsets;

/** Walks the marker segments at the head of a JPEG file. */
final class JpegSegments {

  private JpegSegments() {}

  /**
   * Start of the contents of the first segment with this marker and this identifier, or -1.
   *
   * @param marker second byte of the marker, such as 0xE1 for APP1
   */
  static int find(byte[] jpeg, int marker, String identifier) {
    byte[] wanted = identifier.getBytes(StandardCharsets.US_ASCII);
    if (jpeg.length < 4 || (jpeg[0] & 0xFF) != 0xFF || (jpeg[1] & 0xFF) != 0xD8) {
      return -1;
    }
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF) {
      int found = jpeg[at + 1] & 0xFF;
      int length = (jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF;
      if (found == 0xDA || length < 2) {
        return -1;
      }
      if (found == marker && startsWith(jpeg, at + 4, wanted)) {
        return at + 4;
      }
      at += 2 + length;
    }
    return -1;
  }

  private static boolean startsWith(byte[] bytes, int at, byte[] wanted) {
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
