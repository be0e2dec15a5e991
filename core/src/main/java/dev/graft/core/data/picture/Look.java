package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a picture looks like at a glance, whatever it shows: its size, its light, and a thumbnail to
 * tell copies by.
 *
 * @param width in pixels, upright
 * @param height in pixels, upright
 * @param isGray whether no pixel has a colour
 * @param brightness mean luma, in levels 0 to 255
 * @param contrast standard deviation of luma over the thumbnail, in levels
 * @param saturation mean over the pixels of the thumbnails of the largest minus the smallest
 *     channel, in levels
 * @param thumbnail the whole picture squeezed to {@value #SIDE} x {@value #SIDE} levels of luma
 * @param pixels a digest (SHA-256) of the size and of every pixel, in hexadecimal
 */
public record Look(
    int width,
    int height,
    boolean isGray,
    double brightness,
    double contrast,
    double saturation,
    Thumbnail thumbnail,
    String pixels) {

  /** Pixels along a thumbnail's side. */
  public static final int SIDE = 32;

  /** Looks at a decoded picture. */
  public static Look of(BufferedImage picture) {
    Raster8 raster = Raster8.of(picture);
    int width = raster.width();
    int height = raster.height();
    Resampler squeeze =
        new Resampler(
            Resampler.Axis.of(0, width, SIDE, 0, SIDE),
            Resampler.Axis.of(0, height, SIDE, 0, SIDE));
    byte[][] small = new byte[raster.planes().length][];
    for (int c = 0; c < small.length; c++) {
      small[c] = squeeze.apply(raster.planes()[c], width);
    }
    byte[] luma = new Raster8(SIDE, SIDE, small).toGray().planes()[0];
    Thumbnail thumbnail = new Thumbnail(luma);
    boolean isGray = isGray(raster);
    return new Look(
        width,
        height,
        isGray,
        thumbnail.mean(),
        thumbnail.deviation(),
        isGray ? 0 : saturation(small),
        thumbnail,
        digest(raster, isGray));
  }

  private static boolean isGray(Raster8 raster) {
    byte[][] planes = raster.planes();
    if (planes.length == 1) {
      return true;
    }
    for (int i = 0; i < planes[0].length; i++) {
      if (planes[0][i] != planes[1][i] || planes[1][i] != planes[2][i]) {
        return false;
      }
    }
    return true;
  }

  private static double saturation(byte[][] planes) {
    long sum = 0;
    for (int i = 0; i < planes[0].length; i++) {
      int r = planes[0][i] & 0xFF;
      int g = planes[1][i] & 0xFF;
      int b = planes[2][i] & 0xFF;
      sum += Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b));
    }
    return (double) sum / planes[0].length;
  }

  /** A gray picture has the same digest whether it is stored in one channel or in three. */
  private static String digest(Raster8 raster, boolean isGray) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    digest.update(ByteBuffer.allocate(8).putInt(raster.width()).putInt(raster.height()).array());
    int planes = isGray ? 1 : raster.planes().length;
    for (int c = 0; c < planes; c++) {
      digest.update(raster.planes()[c]);
    }
    StringBuilder text = new StringBuilder();
    for (byte b : digest.digest()) {
      text.append(Character.forDigit(b >> 4 & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
    }
    return text.toString();
  }
}
