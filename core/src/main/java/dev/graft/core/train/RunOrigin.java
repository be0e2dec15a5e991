package dev.graft.core.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run follows from: a run that was stopped goes on to the same bits only where all of it is
 * the same.
 *
 * @param facts what there is to know of model, data and settings, by what it is called in a message
 */
public record RunOrigin(Map<String, String> facts) {

  /** Nothing is known. */
  public static final RunOrigin UNKNOWN = new RunOrigin(Map.of());

  public RunOrigin {
    facts = Map.copyOf(facts);
  }

  /** This and one fact more. */
  RunOrigin with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(facts);
    more.put(name, "" + value);
    return new RunOrigin(more);
  }

  /** How {@code other} differs, such as {@code batch size 32, now 8}, in alphabetical order. */
  public List<String> differences(RunOrigin other) {
    Set<String> names = new LinkedHashSet<>(facts.keySet());
    names.addAll(other.facts.keySet());
    List<String> found = new ArrayList<>();
    for (String name : names.stream().sorted().toList()) {
      String then = facts.getOrDefault(name, "unknown");
      String now = other.facts.getOrDefault(name, "unknown");
      if (!then.equals(now)) {
        found.add(name + " " + then + ", now " + now);
      }
    }
    return found;
  }
}
