package dev.graft.core.data;

import dev.graft.core.graph.Preprocessing;
import java.awt.image.BufferedImage;

/** Applies a {@link Preprocessing} to pictures. */
public final class Preprocessor {

  private Preprocessor() {}

  /**
   * A picture as a network's input: scaled so that it covers the target divided by the crop
   * fraction, cropped at the centre, colours ordered, levels mapped to {@code (level - mean) /
   * deviation}.
   *
   * @return {@code [C,H,W]}, row-major
   */
  public static float[] apply(Preprocessing p, BufferedImage picture) {
    return apply(p, Augment.NONE, 0, picture);
  }

  /**
   * The same with augmentation: a random resized crop takes the place of the centre crop.
   *
   * @param variant picks what is drawn; 0 is no augmentation
   */
  static float[] apply(Preprocessing p, Augment augment, long variant, BufferedImage picture) {
    Raster8 raster = Raster8.of(picture);
    if (p.channels() == Preprocessing.Channels.GRAY) {
      raster = raster.toGray();
    }
    boolean cropped = variant != 0 && augment.leastArea() < 1;
    Resampler resampler;
    int left = 0;
    int top = 0;
    if (cropped) {
      Augment.Region r = augment.crop(raster.width(), raster.height(), variant);
      resampler =
          new Resampler(
              raster.width(),
              raster.height(),
              r.left(),
              r.top(),
              r.width(),
              r.height(),
              p.width(),
              p.height());
    } else {
      resampler = covering(p, raster);
      left = (int) Math.rint((resampler.targetWidth() - p.width()) / 2.0);
      top = (int) Math.rint((resampler.targetHeight() - p.height()) / 2.0);
    }
    byte[][] planes = new byte[raster.planes().length][];
    for (int c = 0; c < planes.length; c++) {
      planes[c] = resampler.apply(raster.planes()[c], left, top, p.width(), p.height());
    }
    return normalised(p, planes, augment.flips(variant));
  }

  /** Scales the picture so that both sides reach the target divided by the crop fraction. */
  private static Resampler covering(Preprocessing p, Raster8 raster) {
    double height = Math.round(p.height() / p.cropFraction());
    double width = Math.round(p.width() / p.cropFraction());
    double scale = Math.max(height / raster.height(), width / raster.width());
    // Like torchvision, the longer side is cut to a whole number of pixels.
    int scaledHeight = Math.max((int) height, (int) (raster.height() * scale + 1e-9));
    int scaledWidth = Math.max((int) width, (int) (raster.width() * scale + 1e-9));
    return new Resampler(
        raster.width(),
        raster.height(),
        0,
        0,
        raster.width(),
        raster.height(),
        scaledWidth,
        scaledHeight);
  }

  private static float[] normalised(Preprocessing p, byte[][] planes, boolean flip) {
    int width = p.width();
    int plane = width * p.height();
    int channels = p.channels().count();
    float[] input = new float[channels * plane];
    for (int c = 0; c < channels; c++) {
      boolean bgr = p.channels() == Preprocessing.Channels.BGR;
      byte[] levels = planes[planes.length == 1 ? 0 : bgr ? 2 - c : c];
      float[] table = levels(p.mean().get(c), p.deviation().get(c));
      for (int i = 0; i < plane; i++) {
        int from = flip ? i - i % width + width - 1 - i % width : i;
        input[c * plane + i] = table[levels[from] & 0xFF];
      }
    }
    return input;
  }

  private static float[] levels(double mean, double deviation) {
    float[] table = new float[256];
    for (int level = 0; level < 256; level++) {
      table[level] = (float) ((level - mean) / deviation);
    }
    return table;
  }
}
