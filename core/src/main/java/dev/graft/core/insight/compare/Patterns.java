package dev.graft.core.insight.compare;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.picture.Pictures;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Pictures of nothing, for networks that are to be compared where no pictures are at hand: colours
 * that wander smoothly, at scales from the whole picture to a few pixels, the coarse ones
 * strongest, as in photographs.
 *
 * @param size how many there are
 * @param seed of all of them
 */
public record Patterns(int size, long seed) implements Pictures {

  private static final int SIDE = 96;

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public int label(int index) {
    return UNLABELLED;
  }

  @Override
  public String name(int index) {
    return "pattern " + index;
  }

  @Override
  public BufferedImage read(int index) {
    long key = Rng.key(seed, index);
    double[][] levels = new double[3][SIDE * SIDE];
    for (int cells = 2; cells <= SIDE / 4; cells *= 2) {
      for (int c = 0; c < 3; c++) {
        add(levels[c], Rng.key(key, 3L * cells + c), cells, 160.0 / cells);
      }
    }
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, 128 + levels[c][i]));
      }
      picture.setRGB(i % SIDE, i / SIDE, rgb);
    }
    return picture;
  }

  /** Random levels at the corners of cells, and straight lines between them. */
  private static void add(double[] levels, long key, int cells, double height) {
    for (int y = 0; y < SIDE; y++) {
      double down = (double) y * cells / SIDE;
      int top = (int) down;
      for (int x = 0; x < SIDE; x++) {
        double across = (double) x * cells / SIDE;
        int left = (int) across;
        double upper = between(key, cells, top, left, across - left);
        double lower = between(key, cells, top + 1, left, across - left);
        levels[y * SIDE + x] += height * (upper + (down - top) * (lower - upper));
      }
    }
  }

  private static double between(long key, int cells, int row, int column, double share) {
    long at = (long) row * (cells + 1) + column;
    double one = Rng.uniformDouble(key, at) - 0.5;
    return one + share * (Rng.uniformDouble(key, at + 1) - 0.5 - one);
  }
}
