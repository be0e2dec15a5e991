package dev.graft.core.transfer.freeze;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Selects parameters by name. A pattern with {@code *} (any characters) or {@code ?} (one
 * character) must match a whole name; one without is a prefix. Names are those of the parameters
 * and those of the nodes that read them, so {@code fire9/}, {@code layer1.*.weight} and a layer's
 * own name all work.
 */
final class Patterns {

  private Patterns() {}

  /**
   * The parameters that {@code pattern} selects.
   *
   * @throws GraphException if it selects none: a freeze that silently freezes nothing is a trap
   */
  static Set<String> select(Graph graph, String pattern) {
    Pattern compiled = compile(pattern);
    Set<String> selected = new LinkedHashSet<>();
    for (Node node : graph.parametricNodes()) {
      for (String parameter : graph.parameters(node)) {
        if (compiled.matcher(node.name()).matches() || compiled.matcher(parameter).matches()) {
          selected.add(parameter);
        }
      }
    }
    if (selected.isEmpty()) {
      throw new GraphException(
          "the pattern "
              + pattern
              + " matches no layer; near it are "
              + String.join(", ", NearNames.of(pattern, names(graph)))
              + "; it is a prefix, or a whole name with * and ?");
    }
    return selected;
  }

  /** Names of layers and of their parameters. */
  private static List<String> names(Graph graph) {
    List<String> names = new ArrayList<>();
    for (Node node : graph.parametricNodes()) {
      names.add(node.name());
      names.addAll(graph.parameters(node));
    }
    return names;
  }

  private static Pattern compile(String pattern) {
    boolean glob = pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0;
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(glob ? regex.toString() : regex + ".*", Pattern.DOTALL);
  }
}
