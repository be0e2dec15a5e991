package dev.graft.core.data.picture;

import dev.graft.core.backend.Rng;

/**
 * How training pictures are mixed with one another. The share lambda of the picture itself is drawn
 * from Beta(alpha, alpha), and its target is mixed in the same proportion.
 *
 * @param kind what mixing means
 * @param alpha of the Beta distribution, in (0, 1]: 1 draws all shares alike, less draws the ends
 */
public record Mix(Kind kind, double alpha) {

  /** What becomes of two pictures. */
  public enum Kind {
    /** {@code lambda x + (1 - lambda) other} (Zhang et al., "mixup", ICLR 2018, equation 1). */
    MIXUP,
    /**
     * A rectangle of the other, a share {@code 1 - lambda} of the area (Yun et al., "CutMix", ICCV
     * 2019, equation 1).
     */
    CUTMIX
  }

  /** Mixup as its paper has it for ImageNet. */
  public static final Mix MIXUP = new Mix(Kind.MIXUP, 0.2);

  /** CutMix as its paper has it. */
  public static final Mix CUTMIX = new Mix(Kind.CUTMIX, 1);

  /**
   * @throws IllegalArgumentException if alpha is not in (0, 1]
   */
  public Mix {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException("mixing expects an alpha in (0, 1], found " + alpha);
    }
  }

  /**
   * One of them by its name, {@code mixup} or {@code cutmix}.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Mix byName(String name) {
    return switch (name) {
      case "mixup" -> MIXUP;
      case "cutmix" -> CUTMIX;
      default ->
          throw new IllegalArgumentException("unknown mix " + name + "; known are mixup, cutmix");
    };
  }

  /** Lambda, from Beta(alpha, alpha) by rejection (Jöhnk, Metrika 1964). */
  double share(long key) {
    for (long draw = 0; ; draw += 2) {
      double x = StrictMath.pow(Rng.uniformDouble(key, draw), 1 / alpha);
      double y = StrictMath.pow(Rng.uniformDouble(key, draw + 1), 1 / alpha);
      if (x + y > 0 && x + y <= 1) {
        return x / (x + y);
      }
    }
  }

  /**
   * Mixes another picture into one, both {@code [planes][height][width]} or, with {@code inner}
   * channels last, {@code [height][width][inner]}.
   *
   * @param picture changed in place
   * @return the share of the picture itself that is left
   */
  double apply(float[] picture, float[] other, Layout layout, double share, long key) {
    if (kind == Kind.MIXUP) {
      for (int i = 0; i < picture.length; i++) {
        picture[i] = (float) (share * picture[i] + (1 - share) * other[i]);
      }
      return share;
    }
    double side = Math.sqrt(1 - share);
    int[] rows = range(layout.height(), side, Rng.uniformDouble(key, 0));
    int[] columns = range(layout.width(), side, Rng.uniformDouble(key, 1));
    int row = layout.width() * layout.inner();
    int plane = layout.height() * row;
    for (int at = 0; at < picture.length; at += plane) {
      for (int y = rows[0]; y < rows[1]; y++) {
        int from = at + y * row + columns[0] * layout.inner();
        int length = (columns[1] - columns[0]) * layout.inner();
        System.arraycopy(other, from, picture, from, length);
      }
    }
    double cut = (double) (rows[1] - rows[0]) * (columns[1] - columns[0]);
    return 1 - cut / layout.height() / layout.width();
  }

  /** Of a side of {@code size}, the part around a centre that lies within. */
  private static int[] range(int size, double side, double centre) {
    double half = size * side / 2;
    int from = (int) Math.round(centre * size - half);
    int to = (int) Math.round(centre * size + half);
    return new int[] {Math.max(0, from), Math.min(size, to)};
  }

  /**
   * Where the pixels of a picture lie.
   *
   * @param inner numbers that lie together at a pixel: 1 with channels first
   */
  record Layout(int height, int width, int inner) {}
}
