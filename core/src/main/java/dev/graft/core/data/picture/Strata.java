package dev.graft.core.data.picture;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Random choices that take the same share of every class. */
final class Strata {

  private Strata() {}

  /** Holds out the same share of every class; at least one picture of each stays. */
  static Split<Pictures> split(Pictures all, double fraction, long seed) {
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
          "no picture is left to validate on; add pictures, or raise the share from " + fraction);
    }
    int[] training = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
    int[] validation = IntStream.range(0, held.length).filter(i -> held[i]).toArray();
    return new Split<>(all.subset(training), all.subset(validation));
  }

  static Pictures keepLabels(Pictures all, int count, long seed) {
    int[][] members = shuffled(all, Rng.key(seed, "labelled"));
    int classes = (int) Arrays.stream(members).filter(m -> m.length > 0).count();
    int labelled = Arrays.stream(members).mapToInt(m -> m.length).sum();
    if (count < classes || count > labelled) {
      throw new DataException(
          "labels of "
              + count
              + " pictures: expected at least one for each of "
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
    return all.withoutLabels(hidden.stream().mapToInt(Integer::intValue).toArray());
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

  /** The labelled pictures of each class, in random order. */
  private static int[][] shuffled(Pictures all, long seed) {
    List<List<Integer>> members = new ArrayList<>();
    all.classes().forEach(name -> members.add(new ArrayList<>()));
    for (int i = 0; i < all.size(); i++) {
      if (all.label(i) != Pictures.UNLABELLED) {
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
