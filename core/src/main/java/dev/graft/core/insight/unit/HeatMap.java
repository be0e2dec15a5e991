package dev.graft.core.insight.unit;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** A map of numbers from 0 to 1 laid over a picture, from blue over yellow to red. */
public final class HeatMap {

  /** Of the colours at 1; at 0 the picture is as it was, but dimmed. */
  private static final double STRONGEST = 0.6;

  private HeatMap() {}

  /**
   * The picture under the map, which is stretched to its size (bilinear).
   *
   * @param map {@code [H][W]}, from 0 to 1
   */
  public static BufferedImage over(BufferedImage picture, float[][] map) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    BufferedImage over = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double heat = at(map, (y + 0.5) / height, (x + 0.5) / width);
        over.setRGB(x, y, mixed(picture.getRGB(x, y), heat));
      }
    }
    return over;
  }

  /**
   * The picture beside itself under the map.
   *
   * @param map {@code [H][W]}, from 0 to 1
   * @return twice as wide as the picture
   */
  public static BufferedImage beside(BufferedImage picture, float[][] map) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    BufferedImage both = new BufferedImage(2 * width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = both.createGraphics();
    g.drawImage(picture, 0, 0, null);
    g.drawImage(over(picture, map), width, 0, null);
    g.dispose();
    return both;
  }

  /** Between the centres of the cells. */
  private static double at(float[][] map, double down, double across) {
    double y = Math.max(0, Math.min(map.length - 1, down * map.length - 0.5));
    double x = Math.max(0, Math.min(map[0].length - 1, across * map[0].length - 0.5));
    int top = (int) y;
    int left = (int) x;
    int bottom = Math.min(top + 1, map.length - 1);
    int right = Math.min(left + 1, map[0].length - 1);
    double upper = map[top][left] + (x - left) * (map[top][right] - map[top][left]);
    double lower = map[bottom][left] + (x - left) * (map[bottom][right] - map[bottom][left]);
    return upper + (y - top) * (lower - upper);
  }

  private static int mixed(int rgb, double heat) {
    double[] colour = {
      255 * Math.min(1, 2 * heat), 255 * Math.min(1, 2 - 2 * heat), 255 * Math.max(0, 1 - 2 * heat)
    };
    double share = STRONGEST * Math.sqrt(heat);
    int mixed = 0;
    for (int c = 0; c < 3; c++) {
      int level = rgb >> 16 - 8 * c & 0xFF;
      double dimmed = level * (0.6 + 0.4 * heat);
      mixed = mixed << 8 | (int) Math.round((1 - share) * dimmed + share * colour[c]);
    }
    return mixed;
  }
}
