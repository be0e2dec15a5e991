package dev.graft.core.data.picture;

import dev.graft.core.backend.Rng;

/**
 * Random changes to a training picture, each drawn from the variant's number alone.
 *
 * @param leastArea smallest share of the picture that a random resized crop keeps (Szegedy et al.,
 *     CVPR 2015); 1 for the fixed centre crop instead
 * @param flip whether every second picture is mirrored
 */
public record Augment(double leastArea, boolean flip) {

  /** Pictures as they are. */
  public static final Augment NONE = new Augment(1, false);

  /** Every second picture mirrored: for subjects that have no left and right. */
  public static final Augment FLIP = new Augment(1, true);

  /** Random resized crops of at least 35 % of the picture, and flips: for photographs. */
  public static final Augment CROP_FLIP = new Augment(0.35, true);

  /**
   * @throws IllegalArgumentException if the share is not in (0, 1]
   */
  public Augment {
    if (!(leastArea > 0 && leastArea <= 1)) {
      throw new IllegalArgumentException("a crop keeps a share in (0, 1], found " + leastArea);
    }
  }

  /**
   * An augmentation by name: {@code none}, {@code flip} or {@code crop-flip}.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Augment byName(String name) {
    return switch (name) {
      case "none" -> NONE;
      case "flip" -> FLIP;
      case "crop-flip" -> CROP_FLIP;
      default ->
          throw new IllegalArgumentException(
              "unknown augmentation " + name + "; known are none, flip, crop-flip");
    };
  }

  /** Whether this changes anything. */
  public boolean isActive() {
    return flip || leastArea < 1;
  }

  /** A region of a picture, in pixels. */
  record Region(int left, int top, int width, int height) {}

  boolean flips(long variant) {
    return flip && variant != 0 && Rng.uniform(variant, 0) < 0.5f;
  }

  /**
   * A region of random area and aspect ratio (3/4 to 4/3, log-uniform); after ten misses the
   * largest centred one, as torchvision does.
   */
  Region crop(int width, int height, long variant) {
    double logRatio = StrictMath.log(4.0 / 3);
    long draw = 1;
    for (int attempt = 0; attempt < 10; attempt++) {
      double area =
          width
              * (double) height
              * (leastArea + (1 - leastArea) * Rng.uniformDouble(variant, draw++));
      double ratio = StrictMath.exp(logRatio * (2 * Rng.uniformDouble(variant, draw++) - 1));
      int w = (int) Math.round(Math.sqrt(area * ratio));
      int h = (int) Math.round(Math.sqrt(area / ratio));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        int left = Rng.below(variant, draw++, width - w + 1);
        int top = Rng.below(variant, draw, height - h + 1);
        return new Region(left, top, w, h);
      }
    }
    double ratio = Math.max(3.0 / 4, Math.min(4.0 / 3, width / (double) height));
    int w = Math.min(width, Math.max(1, (int) Math.round(height * ratio)));
    int h = Math.min(height, Math.max(1, (int) Math.round(width / ratio)));
    return new Region((width - w) / 2, (height - h) / 2, w, h);
  }
}
