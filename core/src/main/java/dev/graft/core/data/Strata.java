package dev.graft.core.data;

import dev.graft.core.backend.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Random choices that take the same share of every class. */
public final class Strata {

  private Strata() {}

  /**
   * Holds out the same share of every class; at least one item of each stays.
   *
   * @param subset makes of the numbers of some of the items a collection of their own
   * @param fraction in (0, 1)
   * @param seed of the choice
   * @throws DataException if the share is none, or leaves nothing to validate on
   */
  public static <L extends Labelled> Split<L> split(
      L all, Function<int[], L> subset, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new DataException("the share for validation must be in (0, 1), found " + fraction);
    }
    int[][] members = shuffled(all, seed);
    boolean[] held = new boolean[all.size()];
    int count = 0;
    for (int[] ofClass : members) {
      int most = (int) Math.round(ofClass.length * fraction);
      for (int i = 0; i < Math.min(ofClass.length - 1, most); i++) {
        held[ofClass[i]] = true;
        count++;
      }
    }
    if (count == 0) {
      throw new DataException(
          "none of the "
              + all.noun()
              + " is left to validate on; add some, or raise the share from "
              + fraction);
    }
    int[] training = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
    int[] validation = IntStream.range(0, held.length).filter(i -> held[i]).toArray();
    return new Split<>(subset.apply(training), subset.apply(validation));
  }

  /**
   * Which items lose their labels where {@code count} keep them: as many of every class in
   * proportion, at least one.
   *
   * @throws DataException if there are too few for that, or not as many
   */
  public static int[] hidden(Labelled all, int count, long seed) {
    int[][] members = shuffled(all, Rng.key(seed, "labelled"));
    int classes = (int) Arrays.stream(members).filter(m -> m.length > 0).count();
    int labelled = Arrays.stream(members).mapToInt(m -> m.length).sum();
    if (count < classes || count > labelled) {
      throw new DataException(
          "labels of "
              + count
              + " "
              + all.noun()
              + ": expected at least one for each of "
              + classes
              + " classes and at most the "
              + labelled
              + " there are");
    }
    int[] kept = shares(members, count, labelled);
    List<Integer> hidden = new ArrayList<>();
    for (int label = 0; label < members.length; label++) {
      for (int i = kept[label]; i < members[label].length; i++) {
        hidden.add(members[label][i]);
      }
    }
    return hidden.stream().mapToInt(Integer::intValue).toArray();
  }

  /** How many of each class make {@code count}: in proportion, at least one of each. */
  private static int[] shares(int[][] members, int count, int labelled) {
    int[] shares = new int[members.length];
    double[] exact = new double[members.length];
    int given = 0;
    for (int label = 0; label < members.length; label++) {
      exact[label] = (double) count * members[label].length / labelled;
      shares[label] = Math.min(members[label].length, Math.max(1, (int) exact[label]));
      given += shares[label];
    }
    // The class that is furthest below its share gets the next; above it, gives one back.
    while (given != count) {
      int step = given < count ? 1 : -1;
      int label =
          IntStream.range(0, members.length)
              .filter(l -> step > 0 ? shares[l] < members[l].length : shares[l] > 1)
              .boxed()
              .max(Comparator.comparingDouble(l -> step * (exact[l] - shares[l])))
              .orElseThrow();
      shares[label] += step;
      given += step;
    }
    return shares;
  }

  /** The labelled items of each class, in random order. */
  private static int[][] shuffled(Labelled all, long seed) {
    List<List<Integer>> members = new ArrayList<>();
    all.classes().forEach(name -> members.add(new ArrayList<>()));
    for (int i = 0; i < all.size(); i++) {
      if (all.label(i) != Labelled.UNLABELLED) {
        members.get(all.label(i)).add(i);
      }
    }
    int[][] shuffled = new int[members.size()][];
    for (int label = 0; label < shuffled.length; label++) {
      List<Integer> ofClass = members.get(label);
      int[] order = Rng.permutation(Rng.key(seed, label), ofClass.size());
      shuffled[label] = Arrays.stream(order).map(ofClass::get).toArray();
    }
    return shuffled;
  }
}
