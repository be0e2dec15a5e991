package dev.graft.core.graph;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a picture becomes a network's input, as a plain value: scale it so that it covers the target
 * size divided by {@code cropFraction}, cut out the centre, order the colours, and map every 8-bit
 * level to {@code (level - mean) / deviation}.
 *
 * @param height of the input, in pixels
 * @param width of the input, in pixels
 * @param cropFraction share of each side that the centre crop keeps, above 0 and at most 1; 0.875
 *     is "resize 256, crop 224"
 * @param channels which colours, in which order
 * @param mean one for each channel, in levels 0 to 255
 * @param deviation one for each channel, in levels, not 0
 * @param layout in which order the numbers lie in the input
 */
public record Preprocessing(
    int height,
    int width,
    double cropFraction,
    Channels channels,
    List<Double> mean,
    List<Double> deviation,
    Layout layout) {

  /** The names {@link #named} knows. */
  public static final List<String> NAMES = List.of("imagenet", "tf", "caffe", "unit", "none");

  /** The colours of an input. */
  public enum Channels {
    RGB(3),
    BGR(3),
    GRAY(1);

    private final int count;

    Channels(int count) {
      this.count = count;
    }

    /** Number of channels. */
    public int count() {
      return count;
    }
  }

  /** In which order the numbers of a picture lie in an input. */
  public enum Layout {
    /** {@code [N,C,H,W]}, as PyTorch has it. */
    CHANNELS_FIRST,
    /** {@code [N,H,W,C]}, as Keras has it. */
    CHANNELS_LAST;

    /**
     * That of an input for pictures: channels come last where only the last axis can hold the one
     * or three of a picture.
     */
    public static Layout of(InputSpec input) {
      Shape shape = input.shape();
      boolean last = shape.rank() == 4 && !holdsColours(shape, 1) && holdsColours(shape, 3);
      return last ? CHANNELS_LAST : CHANNELS_FIRST;
    }

    private static boolean holdsColours(Shape shape, int axis) {
      return shape.dim(axis).is(1) || shape.dim(axis).is(3);
    }

    /** The axis of the channels in an input of four axes. */
    public int channelAxis() {
      return this == CHANNELS_FIRST ? 1 : 3;
    }

    /** The axis of the height; that of the width is the next. */
    public int heightAxis() {
      return this == CHANNELS_FIRST ? 2 : 1;
    }
  }

  /**
   * One with channels first.
   *
   * @throws IllegalArgumentException if a component is out of range
   */
  public Preprocessing(
      int height,
      int width,
      double cropFraction,
      Channels channels,
      List<Double> mean,
      List<Double> deviation) {
    this(height, width, cropFraction, channels, mean, deviation, Layout.CHANNELS_FIRST);
  }

  /**
   * @throws IllegalArgumentException if a component is out of range
   */
  public Preprocessing {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (height < 1 || width < 1 || !(cropFraction > 0 && cropFraction <= 1)) {
      throw new IllegalArgumentException(
          "preprocessing expects a size of at least 1x1 and a crop fraction in (0, 1], found "
              + height
              + "x"
              + width
              + " and "
              + cropFraction);
    }
    if (mean.size() != channels.count()
        || deviation.size() != channels.count()
        || !mean.stream().allMatch(Double::isFinite)
        || !deviation.stream().allMatch(d -> Double.isFinite(d) && d != 0)) {
      throw new IllegalArgumentException(
          "preprocessing expects "
              + channels.count()
              + " finite means and deviations (not 0) for "
              + channels
              + ", found "
              + mean
              + " and "
              + deviation);
    }
    for (int c = 0; c < channels.count(); c++) {
      expectFinite(channels, mean.get(c), deviation.get(c));
    }
  }

  /** The darkest and the brightest level are the largest numbers, of either sign. */
  private static void expectFinite(Channels channels, double mean, double deviation) {
    if (!Float.isFinite((float) ((0 - mean) / deviation))
        || !Float.isFinite((float) ((255 - mean) / deviation))) {
      throw new IllegalArgumentException(
          "preprocessing of "
              + channels
              + " with the mean "
              + mean
              + " and the deviation "
              + deviation
              + " makes numbers that a float cannot hold; both are in levels of 0 to 255");
    }
  }

  /**
   * A preprocessing by its usual name: {@code imagenet} (to 0…1, then ImageNet's mean and
   * deviation), {@code tf} (to -1…1), {@code caffe} (BGR minus ImageNet's mean levels), {@code
   * unit} (to 0…1), {@code none} (0…255).
   *
   * <p>Inputs of at least 128 pixels are cropped from a picture scaled to 8/7 of their size, as the
   * networks of ImageNet were evaluated; smaller ones see the whole shorter side.
   *
   * @param channels 1 or 3
   * @throws IllegalArgumentException if the name is unknown or does not go with the channels
   */
  public static Preprocessing named(String name, int channels, int height, int width) {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "pictures have 1 or 3 channels, the model's input has " + channels);
    }
    boolean gray = channels == 1;
    Channels order = gray ? Channels.GRAY : Channels.RGB;
    List<Double> mean;
    List<Double> deviation;
    switch (name) {
      case "imagenet" -> {
        mean = List.of(123.675, 116.28, 103.53);
        deviation = List.of(58.395, 57.12, 57.375);
      }
      case "caffe" -> {
        order = Channels.BGR;
        mean = List.of(103.939, 116.779, 123.68);
        deviation = List.of(1.0, 1.0, 1.0);
      }
      case "tf" -> {
        mean = repeated(127.5, channels);
        deviation = repeated(127.5, channels);
      }
      case "unit" -> {
        mean = repeated(0, channels);
        deviation = repeated(255, channels);
      }
      case "none" -> {
        mean = repeated(0, channels);
        deviation = repeated(1, channels);
      }
      default ->
          throw new IllegalArgumentException(
              "unknown preprocessing " + name + "; known are " + String.join(", ", NAMES));
    }
    if (mean.size() != channels) {
      throw new IllegalArgumentException(
          "preprocessing "
              + name
              + " is for colour pictures, the model's input has 1 channel; use unit, tf or none");
    }
    double crop = Math.min(height, width) >= 128 ? 0.875 : 1;
    return new Preprocessing(height, width, crop, order, mean, deviation);
  }

  /**
   * The side in pixels of the pictures that networks with this preprocessing were trained on: 224
   * for those of ImageNet, empty for the names that say nothing of where a network is from.
   */
  public static OptionalInt usualSize(String name) {
    return switch (name) {
      case "imagenet", "tf", "caffe" -> OptionalInt.of(224);
      default -> OptionalInt.empty();
    };
  }

  /** The same for pictures of another size. */
  public Preprocessing withSize(int height, int width) {
    return new Preprocessing(height, width, cropFraction, channels, mean, deviation, layout);
  }

  /**
   * The same for gray pictures, or for colours from what is for gray ones: means and deviations are
   * averaged over the colours, or repeated for them.
   *
   * @param count 1 or 3
   * @throws IllegalArgumentException if it is neither
   */
  public Preprocessing withChannels(int count) {
    if (count != 1 && count != 3) {
      throw new IllegalArgumentException("pictures have 1 or 3 channels, found " + count);
    }
    if (count == channels.count()) {
      return this;
    }
    Channels other = count == 1 ? Channels.GRAY : Channels.RGB;
    return new Preprocessing(
        height,
        width,
        cropFraction,
        other,
        repeated(average(mean), count),
        repeated(average(deviation), count),
        layout);
  }

  private static double average(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** The same in another layout. */
  public Preprocessing withLayout(Layout layout) {
    return new Preprocessing(height, width, cropFraction, channels, mean, deviation, layout);
  }

  /** The shape of what it makes of a picture, without a batch. */
  public Shape item() {
    return layout == Layout.CHANNELS_FIRST
        ? Shape.of(channels.count(), height, width)
        : Shape.of(height, width, channels.count());
  }

  /** The shape of what it makes of one picture, as a batch of one. */
  public Shape shape() {
    Shape item = item();
    return Shape.of(1, item.size(0), item.size(1), item.size(2));
  }

  /**
   * Checks that what this makes of a picture can be fed.
   *
   * @throws ShapeException if {@code input} has other channels or another size
   */
  public void check(InputSpec input) {
    try {
      input.check(shape());
    } catch (ShapeException e) {
      throw new ShapeException(
          "the preprocessing makes "
              + InputSpec.batched("picture", item())
              + " of pictures, the model's input "
              + input.name()
              + " expects "
              + input
              + "; give a preprocessing of that size and layout");
    }
  }

  private static List<Double> repeated(double value, int count) {
    return Collections.nCopies(count, value);
  }
}
