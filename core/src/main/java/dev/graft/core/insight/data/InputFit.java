package dev.graft.core.insight.data;

import dev.graft.core.data.picture.Look;
import dev.graft.core.graph.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Size and light of pictures, beside what a model takes.
 *
 * @param medianWidth in pixels
 * @param medianHeight in pixels
 * @param enlarged share of the pictures that are smaller than the model's input in either
 *     direction; NaN without a model
 * @param gray share of the pictures without colour
 * @param brightness mean level of luma over all pictures, 0 to 255
 * @param contrast mean over pictures of the deviation of luma, in levels
 * @param warnings what of this does not go with the model, a line each
 */
public record InputFit(
    double medianWidth,
    double medianHeight,
    double enlarged,
    double gray,
    double brightness,
    double contrast,
    List<String> warnings) {

  /** Deviation of a level in the pictures of ImageNet: {@code imagenet} divides by about that. */
  private static final double USUAL_DEVIATION = 57;

  /** A share of pictures that is worth a line. */
  private static final double MANY = 0.1;

  public InputFit {
    warnings = List.copyOf(warnings);
  }

  /**
   * @param looks at least one
   * @param preprocessing that of the model; null without one
   */
  static InputFit of(List<Look> looks, @Nullable Preprocessing preprocessing) {
    double gray = mean(looks, look -> look.isGray() ? 1 : 0);
    double brightness = mean(looks, Look::brightness);
    double contrast = mean(looks, Look::contrast);
    double enlarged = Double.NaN;
    List<String> warnings = new ArrayList<>();
    if (preprocessing != null) {
      enlarged =
          mean(
              looks,
              l ->
                  l.width() < preprocessing.width() || l.height() < preprocessing.height() ? 1 : 0);
      if (enlarged > MANY) {
        warnings.add(
            percent(enlarged)
                + " of the pictures are smaller than the model's input of "
                + preprocessing.width()
                + "x"
                + preprocessing.height()
                + " pixels and are enlarged: it saw sharper ones");
      }
      if (gray > MANY && preprocessing.channels() != Preprocessing.Channels.GRAY) {
        warnings.add(percent(gray) + " of the pictures are gray, the model takes colours");
      }
      double middle = preprocessing.mean().stream().mapToDouble(m -> m).average().orElse(0);
      if (middle > 0 && Math.abs(brightness - middle) > USUAL_DEVIATION) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "the pictures have a mean level of %.0f, the model takes %.0f for the middle",
                brightness,
                middle));
      }
    }
    return new InputFit(
        median(looks, Look::width),
        median(looks, Look::height),
        enlarged,
        gray,
        brightness,
        contrast,
        warnings);
  }

  private static double mean(List<Look> looks, ToDoubleFunction<Look> of) {
    return looks.stream().mapToDouble(of).average().orElse(Double.NaN);
  }

  private static double median(List<Look> looks, ToDoubleFunction<Look> of) {
    double[] sorted = looks.stream().mapToDouble(of).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
