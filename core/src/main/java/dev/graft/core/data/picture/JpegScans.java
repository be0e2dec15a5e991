package dev.graft.core.data.picture;

import dev.graft.core.data.UnreadableException;

/**
 * The scans that a JPEG file's picture comes in: one, or several of a progressive file. Of several
 * the decoder keeps the coefficients of the whole picture, 16 bits each, and makes the whole
 * picture of every scan.
 *
 * @param count 0 in a file of another format
 * @param samples of all channels for each pixel: 3 of full colour, 1.5 where colour is halved twice
 */
record JpegScans(int count, double samples) {

  private static final int SCAN = 0xDA;

  /** Encoders write about ten; the largest picture may have these, a smaller one more. */
  private static final int USUAL = 16;

  static JpegScans of(byte[] jpeg) {
    double samples = JpegSegments.samplesPerPixel(jpeg);
    int count = 0;
    for (int at = 0; samples > 0 && at + 1 < jpeg.length; at++) {
      // Within coded data a zero follows this byte.
      count += (jpeg[at] & 0xFF) == 0xFF && (jpeg[at + 1] & 0xFF) == SCAN ? 1 : 0;
    }
    return new JpegScans(count, samples);
  }

  /** What the decoder keeps beside the picture. */
  int bytesPerPixel() {
    return count < 2 ? 0 : (int) Math.ceil(2 * samples);
  }

  /**
   * A few bytes make one more scan, which takes as long as a whole picture.
   *
   * @throws UnreadableException if there are so many that reading takes minutes
   */
  void check(long pixels, long mostPixels) {
    if (count > USUAL && pixels * count > mostPixels * USUAL) {
      throw new UnreadableException(
          "has "
              + pixels
              + " pixels in "
              + count
              + " scans, expected at most "
              + Math.max(USUAL, mostPixels * USUAL / pixels)
              + "; save it as a JPEG that is not progressive");
    }
  }
}
