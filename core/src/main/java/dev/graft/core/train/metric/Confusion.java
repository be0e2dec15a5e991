package dev.graft.core.train.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often each class was taken for each: what accuracy, precision, recall and F1 follow from.
 *
 * @param classes those that occur or were predicted, in the order of their numbers
 * @param counts for each class that should have been said, how often each was
 */
public record Confusion(List<String> classes, List<List<Integer>> counts) {

  public Confusion {
    classes = List.copyOf(classes);
    counts = counts.stream().map(List::copyOf).toList();
  }

  /**
   * Counts predictions.
   *
   * @param names of all classes by number
   * @param wanted the true class of each example
   * @param predicted the class that was said of it
   */
  public static Confusion of(List<String> names, List<Integer> wanted, List<Integer> predicted) {
    SortedSet<Integer> occurring = new TreeSet<>(wanted);
    occurring.addAll(predicted);
    List<Integer> numbers = List.copyOf(occurring);
    int[][] counts = new int[numbers.size()][numbers.size()];
    for (int i = 0; i < wanted.size(); i++) {
      counts[numbers.indexOf(wanted.get(i))][numbers.indexOf(predicted.get(i))]++;
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int[] row : counts) {
      rows.add(IntStream.of(row).boxed().toList());
    }
    return new Confusion(numbers.stream().map(names::get).toList(), rows);
  }

  /** How many examples of class {@code wanted} were taken for {@code predicted}. */
  public int count(int wanted, int predicted) {
    return counts.get(wanted).get(predicted);
  }

  /** Examples of a class. */
  public int examples(int k) {
    return counts.get(k).stream().mapToInt(Integer::intValue).sum();
  }

  private int predictions(int k) {
    return counts.stream().mapToInt(row -> row.get(k)).sum();
  }

  /** All examples. */
  public int examples() {
    return IntStream.range(0, classes.size()).map(this::examples).sum();
  }

  /** The share of examples that are right; NaN where there are none. */
  public double accuracy() {
    return (double) IntStream.range(0, classes.size()).map(k -> count(k, k)).sum() / examples();
  }

  /** The share of what was said to be of a class that is; 0 where nothing was said to be. */
  public double precision(int k) {
    return share(count(k, k), predictions(k));
  }

  /** The share of a class that was found; 0 where there is none of it. */
  public double recall(int k) {
    return share(count(k, k), examples(k));
  }

  /** {@code 2 TP / (2 TP + FP + FN)}, the harmonic mean of precision and recall. */
  public double f1(int k) {
    return share(2 * count(k, k), examples(k) + predictions(k));
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** The mean F1 of the classes; NaN where there are none. */
  public double macroF1() {
    return mean(this::f1, false);
  }

  /** Balanced accuracy, the mean recall of the classes that there are examples of. */
  public double balancedAccuracy() {
    return mean(this::recall, true);
  }

  private double mean(IntToDoubleFunction measure, boolean ofExamples) {
    return IntStream.range(0, classes.size())
        .filter(k -> !ofExamples || examples(k) > 0)
        .mapToDouble(measure)
        .average()
        .orElse(Double.NaN);
  }
}
