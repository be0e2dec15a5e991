package dev.graft.core.data.picture;

import dev.graft.core.graph.Preprocessing;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Applies a {@link Preprocessing} to pictures. */
public final class Preprocessor {

  private static final int VIEWS = 8;

  private Preprocessor() {}

  /**
   * A picture as a network's input: scaled so that it covers the target divided by the crop
   * fraction, cropped at the centre, colours ordered, levels mapped to {@code (level - mean) /
   * deviation}. Agrees with torchvision's Resize, CenterCrop and Normalize on Pillow pictures,
   * including how sizes and offsets are rounded; the target divided by the crop fraction is rounded
   * to whole pixels. Where the network wants colours a gray picture is repeated, where it wants
   * gray the luma of ITU-R 601 is taken; an alpha channel is dropped.
   *
   * @return {@code [C,H,W]} or {@code [H,W,C]}, as its layout says, row-major
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
    Resampler resampler;
    if (variant != 0 && augment.leastArea() < 1) {
      Augment.Region r = augment.crop(raster.width(), raster.height(), variant);
      resampler =
          new Resampler(
              Resampler.Axis.of(r.left(), r.width(), p.width(), 0, p.width()),
              Resampler.Axis.of(r.top(), r.height(), p.height(), 0, p.height()));
    } else {
      resampler = centre(p, raster.width(), raster.height());
    }
    byte[][] planes = new byte[raster.planes().length][];
    for (int c = 0; c < planes.length; c++) {
      planes[c] = resampler.apply(raster.planes()[c], raster.width());
    }
    return normalised(p, planes, augment.flips(variant));
  }

  /**
   * Several views of one picture, to predict from their mean: the picture as it is first, then
   * mirrored where that is all that is changed, or as many random crops as make {@value #VIEWS}.
   */
  public static List<float[]> views(Preprocessing p, Augment augment, BufferedImage picture) {
    List<float[]> views = new ArrayList<>();
    views.add(apply(p, picture));
    int count = !augment.isActive() ? 1 : augment.leastArea() < 1 ? VIEWS : 2;
    for (long variant = 1; views.size() < count; variant++) {
      if (augment.leastArea() < 1 || augment.flips(variant)) {
        views.add(apply(p, augment, variant, picture));
      }
    }
    return views;
  }

  /** Scales until both sides reach the target divided by the crop fraction; keeps the centre. */
  private static Resampler centre(Preprocessing p, int width, int height) {
    long scaledWidth = Math.round(p.width() / p.cropFraction());
    long scaledHeight = Math.round(p.height() / p.cropFraction());
    // The side with less to spare gets its size; torchvision cuts the other to whole pixels.
    if (scaledHeight * width >= scaledWidth * height) {
      scaledWidth = scaledHeight * width / height;
    } else {
      scaledHeight = scaledWidth * height / width;
    }
    return new Resampler(
        centred(width, scaledWidth, p.width()), centred(height, scaledHeight, p.height()));
  }

  private static Resampler.Axis centred(int source, long scaled, int size) {
    // Halves go to the even neighbour, as in Python.
    long start = (long) Math.rint((scaled - size) / 2.0);
    return Resampler.Axis.of(0, source, scaled, start, size);
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
      boolean first = p.layout() == Preprocessing.Layout.CHANNELS_FIRST;
      int at = first ? c * plane : c;
      int step = first ? 1 : channels;
      for (int row = 0; row < plane; row += width) {
        for (int x = 0; x < width; x++) {
          int from = flip ? row + width - 1 - x : row + x;
          input[at] = table[levels[from] & 0xFF];
          at += step;
        }
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
