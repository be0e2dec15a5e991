package dev.graft.core.insight.data;

import dev.graft.core.data.picture.Look;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Files that are one picture.
 *
 * @param pictures their numbers in the album, at least two, ascending
 * @param isExact whether they agree in every pixel; else they were scaled or compressed again
 */
public record Copies(List<Integer> pictures, boolean isExact) {

  /**
   * Of light and contrast set equal. Copies of photographs at half their size or at a JPEG quality
   * of 30 differ by up to 0.05, and by 0.10 where a colour profile was applied on the way; the two
   * likest of 250 different digits by 0.24, of photographs by 0.9.
   */
  private static final double NEAR = 0.15;

  /** How far light may differ, in contrasts: a colour profile shifts it by up to 0.35. */
  private static final double LIGHT = 0.5;

  /** How far contrasts may differ, as a share of the smaller. */
  private static final double CONTRAST = 0.3;

  /** Below this contrast, in levels, nearly empty pictures look alike without being copies. */
  private static final double LEAST_CONTRAST = 4;

  public Copies {
    pictures = List.copyOf(pictures);
  }

  /**
   * Groups of copies, in the order of their first pictures. Of {@code N} pictures those are
   * compared whose brightness and contrast are close.
   *
   * @param looks of all pictures; null for one that cannot be read
   */
  static List<Copies> among(List<@Nullable Look> looks) {
    int[] group = IntStream.range(0, looks.size()).toArray();
    Map<String, Integer> known = new HashMap<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < group.length; i++) {
      Look look = looks.get(i);
      if (look != null) {
        Integer first = known.putIfAbsent(look.pixels(), i);
        if (first == null) {
          order.add(i);
        } else {
          join(group, first, i);
        }
      }
    }
    order.sort(Comparator.comparingDouble(i -> look(looks, i).thumbnail().mean()));
    for (int at = 0; at < order.size(); at++) {
      Look one = look(looks, order.get(at));
      double most = LIGHT * one.contrast();
      for (int next = at + 1; next < order.size(); next++) {
        Look other = look(looks, order.get(next));
        if (other.thumbnail().mean() - one.thumbnail().mean() > most) {
          break;
        }
        if (isCopy(one, other)) {
          join(group, order.get(at), order.get(next));
        }
      }
    }
    return groups(group, looks);
  }

  private static Look look(List<@Nullable Look> looks, int index) {
    Look look = looks.get(index);
    if (look == null) {
      throw new IllegalStateException("picture " + index + " has no look");
    }
    return look;
  }

  private static boolean isCopy(Look one, Look other) {
    double least = Math.min(one.contrast(), other.contrast());
    return least >= LEAST_CONTRAST
        && Math.abs(one.brightness() - other.brightness()) <= LIGHT * least
        && Math.abs(one.contrast() - other.contrast()) <= CONTRAST * least
        && one.thumbnail().difference(other.thumbnail(), NEAR) <= NEAR;
  }

  private static void join(int[] group, int a, int b) {
    int first = root(group, a);
    int second = root(group, b);
    group[Math.max(first, second)] = Math.min(first, second);
  }

  private static int root(int[] group, int index) {
    int root = index;
    while (group[root] != root) {
      group[root] = group[group[root]];
      root = group[root];
    }
    return root;
  }

  private static List<Copies> groups(int[] group, List<@Nullable Look> looks) {
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < group.length; i++) {
      members.computeIfAbsent(root(group, i), root -> new ArrayList<>()).add(i);
    }
    return members.values().stream()
        .filter(one -> one.size() > 1)
        .map(
            one ->
                new Copies(
                    one, one.stream().map(i -> look(looks, i).pixels()).distinct().count() == 1))
        .toList();
  }
}
