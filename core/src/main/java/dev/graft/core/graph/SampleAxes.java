package dev.graft.core.graph;

import dev.graft.core.op.Samples;
import dev.graft.core.tensor.Fact;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Along which axis of each value of a graph the samples of a batch lie, told from the graph alone:
 * their number is open, and every operation says what becomes of their axis.
 */
public final class SampleAxes {

  private final Map<String, Integer> axes = new HashMap<>();

  private SampleAxes() {}

  /** Those of a graph whose nodes run as in inference. */
  public static SampleAxes of(Graph graph) {
    SampleAxes samples = new SampleAxes();
    graph.inputs().forEach(input -> samples.axes.put(input.name(), input.batchAxis()));
    Map<String, Fact> facts = graph.facts();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.outputs().size(); i++) {
        samples.axes.put(node.outputs().get(i), samples.behind(node, i, facts));
      }
    }
    return samples;
  }

  private int behind(Node node, int output, Map<String, Fact> facts) {
    List<Integer> read = node.inputs().stream().map(this::of).toList();
    if (read.stream().allMatch(axis -> axis == Samples.NONE)) {
      return Samples.NONE;
    }
    boolean told = facts.keySet().containsAll(node.given()) && facts.containsKey(node.output());
    return read.contains(Samples.MIXED) || !told
        ? Samples.MIXED
        : node.op().sampleAxis(output, node.inputs().stream().map(facts::get).toList(), read);
  }

  /**
   * The axis of the samples in {@code value}; {@link Samples#NONE} where it is the same for all of
   * them, {@link Samples#MIXED} where they meet or cannot be told apart.
   */
  public int of(String value) {
    return axes.getOrDefault(value, Samples.NONE);
  }
}
