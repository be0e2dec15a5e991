package dev.graft.core.transfer.freeze;

import dev.graft.core.graph.Graph;
import dev.graft.core.train.ParamGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What is different about the layers that a pattern selects: their learning rate, their weight
 * decay, or both.
 *
 * @param pattern a prefix, or a glob with {@code *} and {@code ?}
 * @param rateFactor factor on the learning rate, at least 0; a factor of 0 freezes
 * @param weightDecay decay of every selected tensor, at least 0
 */
public record GroupRule(String pattern, OptionalDouble rateFactor, OptionalDouble weightDecay) {

  /**
   * @throws IllegalArgumentException if a number is negative or not finite
   */
  public GroupRule {
    expect(pattern, "learning-rate factor", rateFactor.orElse(0));
    expect(pattern, "weight decay", weightDecay.orElse(0));
  }

  private static void expect(String pattern, String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the " + what + " of " + pattern + " must be at least 0, found " + value);
    }
  }

  /** Another rate. */
  public static GroupRule rate(String pattern, double factor) {
    return new GroupRule(pattern, OptionalDouble.of(factor), OptionalDouble.empty());
  }

  /** Another decay. */
  public static GroupRule decay(String pattern, double weightDecay) {
    return new GroupRule(pattern, OptionalDouble.empty(), OptionalDouble.of(weightDecay));
  }

  /** What sets the groups apart. */
  private record Kind(double rateFactor, double weightDecay) {}

  /**
   * Groups trainable parameters by rate and decay; where several rules speak of one, the last wins.
   *
   * @param rates by which every rate is multiplied, by parameter; 1 where nothing is said
   * @param weightDecay of the parameters no rule speaks of, but for vectors: biases and the scales
   *     of normalisations are not decayed, as is the field's custom
   * @throws dev.graft.core.graph.GraphException if a pattern matches no layer
   */
  public static List<ParamGroup> groups(
      Graph graph,
      Set<String> trainable,
      List<GroupRule> rules,
      Map<String, Double> rates,
      double weightDecay) {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (String name : trainable) {
      boolean vector = graph.stored().get(name).rank() < 2;
      kinds.put(name, new Kind(1, vector ? 0 : weightDecay));
    }
    for (GroupRule rule : rules) {
      for (String name : Patterns.select(graph, rule.pattern)) {
        kinds.computeIfPresent(
            name,
            (k, old) ->
                new Kind(
                    rule.rateFactor.orElse(old.rateFactor),
                    rule.weightDecay.orElse(old.weightDecay)));
      }
    }
    Map<Kind, List<String>> members = new LinkedHashMap<>();
    kinds.forEach(
        (name, kind) -> {
          double factor = kind.rateFactor * rates.getOrDefault(name, 1.0);
          members
              .computeIfAbsent(new Kind(factor, kind.weightDecay), k -> new ArrayList<>())
              .add(name);
        });
    List<ParamGroup> groups = new ArrayList<>();
    members.forEach(
        (kind, names) -> groups.add(new ParamGroup(names, kind.rateFactor, kind.weightDecay)));
    return groups;
  }
}
