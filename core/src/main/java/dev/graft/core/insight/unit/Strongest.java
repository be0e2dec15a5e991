package dev.graft.core.insight.unit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A unit and the pictures that it answers to most.
 *
 * @param unit its number
 * @param specificity share of its variance that lies between the classes, see {@link
 *     ClassSpecificity}
 * @param pictures their numbers, the strongest first
 */
public record Strongest(int unit, double specificity, List<Integer> pictures) {

  public Strongest {
    pictures = List.copyOf(pictures);
  }

  /**
   * The units of a layer that are most of one class or another.
   *
   * @param activations {@code [N][C]}
   * @param labels the class of each picture
   * @param units how many to show, at most
   * @param pictures how many of each, at most
   */
  public static List<Strongest> of(
      float[][] activations, int[] labels, int classes, int units, int pictures) {
    double[] each = ClassSpecificity.perUnit(activations, labels, classes);
    List<Strongest> shown = new ArrayList<>();
    IntStream.range(0, each.length)
        .filter(u -> !Double.isNaN(each[u]))
        .boxed()
        .sorted(Comparator.comparingDouble(u -> -each[u]))
        .limit(units)
        .forEach(
            u ->
                shown.add(
                    new Strongest(
                        u,
                        each[u],
                        IntStream.range(0, activations.length)
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> -activations[i][u]))
                            .limit(pictures)
                            .toList())));
    return shown;
  }
}
