package dev.graft.core.insight.data;

import dev.graft.core.data.picture.Look;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * That some pictures differ from the others by how they look, whatever they show: a network learns
 * that instead of the subject.
 *
 * @param name what they are more than the others, such as {@code darker}
 * @param share of all pairs of one of these and one of the others in which it is so, ties counted
 *     half: the area under the ROC curve, which asks nothing of distributions
 */
public record Trait(String name, double share) {

  /** In nine of ten pairs: hardly by chance, and enough for a network to go by. */
  private static final double LARGE = 0.9;

  /** Of fewer pictures such a share is soon met by chance. */
  private static final int LEAST_PICTURES = 10;

  /** One measure of a look, and what a picture is called that has more, or less, of it. */
  private record Measure(String more, String less, ToDoubleFunction<Look> of) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("brighter", "darker", Look::brightness),
          new Measure("higher in contrast", "lower in contrast", Look::contrast),
          new Measure("more colourful", "less colourful", Look::saturation),
          new Measure("larger", "smaller", look -> (double) look.width() * look.height()),
          new Measure("wider", "taller", look -> (double) look.width() / look.height()));

  /**
   * What sets some pictures apart from the others.
   *
   * @param isOne for each look, whether it is one of these
   * @return empty where either side has fewer than {@value #LEAST_PICTURES} pictures
   */
  static List<Trait> of(List<Look> looks, boolean[] isOne) {
    long ones = IntStream.range(0, isOne.length).filter(i -> isOne[i]).count();
    if (ones < LEAST_PICTURES || isOne.length - ones < LEAST_PICTURES) {
      return List.of();
    }
    List<Trait> traits = new ArrayList<>();
    for (Measure measure : MEASURES) {
      double[] values = looks.stream().mapToDouble(measure.of).toArray();
      double share = shareAbove(values, isOne, ones);
      if (share >= LARGE) {
        traits.add(new Trait(measure.more, share));
      } else if (1 - share >= LARGE) {
        traits.add(new Trait(measure.less, 1 - share));
      }
    }
    return traits;
  }

  /** By the sum of ranks, as Mann and Whitney have it. */
  private static double shareAbove(double[] values, boolean[] isOne, long ones) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double ranks = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      int tied = 0;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        tied += isOne[order[to]] ? 1 : 0;
        to++;
      }
      ranks += tied * (from + to + 1) / 2.0;
      from = to;
    }
    return (ranks - ones * (ones + 1) / 2.0) / ((double) ones * (values.length - ones));
  }
}
