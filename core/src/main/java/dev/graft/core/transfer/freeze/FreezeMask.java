package dev.graft.core.transfer.freeze;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which parameters stay as they are: a value, independent of any model until {@link #trainable} is
 * asked. Everything else about freezing (which gradients are computed, what forward saves, which
 * BatchNormalization takes batch statistics) is derived from it.
 */
public final class FreezeMask {

  /** Every parameter is trained. */
  public static final FreezeMask NONE = new FreezeMask(List.of());

  /** One rule: names of parameters to freeze in a graph. */
  private interface Rule {
    Set<String> frozen(Graph graph);
  }

  private final List<Rule> rules;

  private FreezeMask(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Freezes all layers whose name, or whose parameters' names, a pattern selects: a prefix such as
   * {@code layer1.}, or a glob with {@code *} and {@code ?}.
   */
  public static FreezeMask matching(String pattern) {
    return new FreezeMask(List.of(graph -> Patterns.select(graph, pattern)));
  }

  /** Freezes the first {@code depth} layers with parameters, in the order of the graph. */
  public static FreezeMask firstLayers(int depth) {
    return new FreezeMask(
        List.of(
            graph -> {
              Set<String> frozen = new LinkedHashSet<>();
              List<Node> layers = graph.parametricNodes();
              layers
                  .subList(0, Math.max(0, Math.min(depth, layers.size())))
                  .forEach(node -> frozen.addAll(graph.parameters(node)));
              return frozen;
            }));
  }

  /** Freezes parameters by their whole names; those that a graph lacks are none of its. */
  public static FreezeMask of(Set<String> parameters) {
    Set<String> names = Set.copyOf(parameters);
    return new FreezeMask(List.of(graph -> names));
  }

  /**
   * Freezes all normalisations: their scales and biases, and with them the running statistics,
   * which keep every bit.
   */
  public static FreezeMask normalizations() {
    return new FreezeMask(
        List.of(
            graph -> {
              Set<String> frozen = new LinkedHashSet<>();
              graph.parametricNodes().stream()
                  .filter(node -> node.op().normalizes())
                  .forEach(node -> frozen.addAll(graph.parameters(node)));
              return frozen;
            }));
  }

  /** Freezes everything but the given head. */
  public static FreezeMask allBut(Head head) {
    return new FreezeMask(
        List.of(
            graph -> {
              Set<String> frozen = new LinkedHashSet<>(graph.stored(Role.PARAMETER));
              frozen.removeAll(graph.parameters(head.layer()));
              if (head.bias() != null) {
                frozen.removeAll(graph.parameters(head.bias()));
              }
              return frozen;
            }));
  }

  /** Freezes what this mask or the other freezes. */
  public FreezeMask and(FreezeMask other) {
    List<Rule> both = new ArrayList<>(rules);
    both.addAll(other.rules);
    return new FreezeMask(both);
  }

  /**
   * Freezes what this mask freezes, except for the layers that a pattern selects, as in {@link
   * #matching}: {@code matching("*").except("*.bn?.*")} trains normalisations alone.
   */
  public FreezeMask except(String pattern) {
    return new FreezeMask(
        List.of(
            graph -> {
              Set<String> frozen = new LinkedHashSet<>(graph.stored(Role.PARAMETER));
              frozen.removeAll(trainable(graph));
              frozen.removeAll(Patterns.select(graph, pattern));
              return frozen;
            }));
  }

  /**
   * The parameters of {@code graph} that are trained, in its order.
   *
   * @throws dev.graft.core.graph.GraphException if a pattern matches no layer
   */
  public Set<String> trainable(Graph graph) {
    Set<String> trainable = new LinkedHashSet<>(graph.stored(Role.PARAMETER));
    rules.forEach(rule -> trainable.removeAll(rule.frozen(graph)));
    return trainable;
  }
}
