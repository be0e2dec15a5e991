package dev.graft.core.insight;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.SampleAxes;
import dev.graft.core.tensor.Fact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The places where a network narrows to a single value, from the input to the end of its trunk: it
 * can be cut there, and what comes out are features. Of the values behind one layer with parameters
 * the last counts, which is its activation.
 */
public final class Cuts {

  /**
   * A place to cut.
   *
   * @param value that comes out, {@code [N,C,…]}
   * @param layers with parameters up to there
   * @param parameters how many numbers they have
   */
  public record Cut(String value, int layers, long parameters) {}

  private Cuts() {}

  /** All of them, the trunk's end last. */
  public static List<Cut> of(Model model) {
    List<Cut> cuts = new ArrayList<>();
    for (Cut cut : values(model)) {
      if (!cuts.isEmpty() && cuts.get(cuts.size() - 1).layers == cut.layers) {
        cuts.remove(cuts.size() - 1);
      }
      cuts.add(cut);
    }
    return cuts;
  }

  /**
   * Every value that a network narrows to, also those behind one layer, such as a map before and
   * after it is pooled.
   *
   * @throws GraphException if there is none
   */
  public static List<Cut> values(Model model) {
    Graph graph = model.graph().ending(List.of(trunk(model)));
    Map<String, Integer> lastUse = new HashMap<>();
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastUse.put(input, i);
      }
    }
    lastUse.put(graph.output(), nodes.size());
    Map<String, Fact> facts = graph.facts();
    SampleAxes samples = SampleAxes.of(graph);
    Set<String> fed = new HashSet<>();
    graph.inputs().stream().map(InputSpec::name).forEach(fed::add);
    Set<String> live = new HashSet<>(fed);
    List<Cut> cuts = new ArrayList<>();
    Set<String> counted = new HashSet<>();
    int layers = 0;
    long parameters = 0;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      List<String> own = graph.parameters(node);
      layers += own.isEmpty() ? 0 : 1;
      for (String name : own) {
        parameters += counted.add(name) ? graph.stored().get(name).elements() : 0;
      }
      int now = i;
      live.removeIf(value -> lastUse.getOrDefault(value, -1) <= now);
      if (node.inputs().stream().anyMatch(fed::contains)) {
        fed.addAll(node.outputs());
        node.outputs().stream().filter(o -> lastUse.getOrDefault(o, -1) > now).forEach(live::add);
      }
      if (layers > 0 && live.size() == 1) {
        String value = live.iterator().next();
        Fact fact = facts.get(value);
        boolean isFeature =
            fact.shape().rank() >= 2 && fact.shape().dim(1).isKnown() && samples.of(value) == 0;
        if (isFeature) {
          cuts.add(new Cut(value, layers, parameters));
        }
      }
    }
    if (cuts.isEmpty()) {
      throw new GraphException(
          "the network has no layer before its head whose output are features, a single value; give"
              + " one that has");
    }
    return cuts;
  }

  /** At most so many at equal steps of depth; the last is always among them. */
  public static List<Cut> of(Model model, int most) {
    List<Cut> all = of(model);
    int count = Math.min(most, all.size());
    List<Cut> some = new ArrayList<>();
    for (int k = 1; k <= count; k++) {
      some.add(all.get((int) ((long) k * all.size() / count) - 1));
    }
    return some;
  }

  /** Where the head begins; the output of a network without a head that can be told. */
  static String trunk(Model model) {
    try {
      return model.head().trunk();
    } catch (GraphException e) {
      return model.graph().output();
    }
  }
}
