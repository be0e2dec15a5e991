package dev.graft.core.transfer;

import dev.graft.core.graph.Graph;
import dev.graft.core.train.ParamGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A learning-rate factor for the layers that a pattern selects: {@code fire2/ = 0.1}. A factor of 0
 * freezes them.
 *
 * @param pattern a prefix, or a glob with {@code *} and {@code ?}
 * @param factor at least 0
 */
public record RateFactor(String pattern, double factor) {

  /**
   * @throws IllegalArgumentException if the factor is negative or not finite
   */
  public RateFactor {
    if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the learning-rate factor of " + pattern + " must be at least 0, found " + factor);
    }
  }

  /**
   * Groups trainable parameters by their factor; where several patterns select one, the last wins.
   *
   * @throws dev.graft.core.graph.GraphException if a pattern matches no layer
   */
  public static List<ParamGroup> groups(
      Graph graph, Set<String> trainable, List<RateFactor> factors, double weightDecay) {
    Map<String, Double> factorOf = new LinkedHashMap<>();
    trainable.forEach(name -> factorOf.put(name, 1.0));
    for (RateFactor rule : factors) {
      for (String name : Patterns.select(graph, rule.pattern)) {
        factorOf.replace(name, rule.factor);
      }
    }
    Map<Double, List<String>> names = new LinkedHashMap<>();
    factorOf.forEach((name, f) -> names.computeIfAbsent(f, k -> new ArrayList<>()).add(name));
    List<ParamGroup> groups = new ArrayList<>();
    names.forEach((factor, members) -> groups.add(new ParamGroup(members, factor, weightDecay)));
    return groups;
  }
}
