package dev.graft.cli.page;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * A picture within a page, under which a line stands.
 *
 * @param image of any size and kind
 * @param caption said below it, and to those who cannot see it
 * @param most longest side, in pixels, to which it is scaled down
 */
public record Picture(BufferedImage image, String caption, int most) {

  /** Longest side of those there are many of: a page of a hundred stays below a megabyte. */
  public static final int SIDE = 160;

  /** One among many. */
  public Picture(BufferedImage image, String caption) {
    this(image, caption, SIDE);
  }

  /** Smaller ones are drawn larger by the browser, with their pixels to be seen. */
  private static final int TINY = 64;

  /** The picture with its caption. */
  public Html html() {
    BufferedImage small = scaled(image, most);
    String tiny = Math.max(image.getWidth(), image.getHeight()) <= TINY ? "tiny" : "photo";
    return new Tag("figure")
        .with("class", "picture")
        .holding(
            new Tag("img")
                .with("class", tiny)
                .with("src", source(small))
                .with("width", small.getWidth())
                .with("height", small.getHeight())
                .with("alt", caption)
                .empty(),
            new Tag("figcaption").holding(caption));
  }

  /** As RGB: JPEG knows no transparency. Halved until it fits, which averages neighbours. */
  private static BufferedImage scaled(BufferedImage image, int most) {
    double scale = Math.min(1, most / (double) Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage now = image;
    while (now.getWidth() >= 2 * width && now.getHeight() >= 2 * height) {
      now = drawn(now, now.getWidth() / 2, now.getHeight() / 2);
    }
    return drawn(now, width, height);
  }

  private static BufferedImage drawn(BufferedImage image, int width, int height) {
    BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = result.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(image, 0, 0, width, height, null);
    g.dispose();
    return result;
  }

  /** Drawings are small and sharp as PNG, photographs as JPEG: the shorter file is taken. */
  private static String source(BufferedImage image) {
    byte[] png = encoded(image, "png");
    byte[] jpeg = encoded(image, "jpeg");
    boolean isSharp = Math.max(image.getWidth(), image.getHeight()) <= TINY;
    boolean asPng = isSharp || png.length <= jpeg.length;
    return "data:image/"
        + (asPng ? "png" : "jpeg")
        + ";base64,"
        + Base64.getEncoder().encodeToString(asPng ? png : jpeg);
  }

  private static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IOException("this Java writes no " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
