package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.linear.Conv;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The blocks of a network from its input on: what lies between two places where it narrows to a
 * single value, such as a residual block or a branching module. Depth and names are never needed: a
 * connection that skips over a layer keeps it and its neighbours in one block. A normalisation
 * belongs to the block of the layer before it, and so does what follows a depthwise convolution,
 * which is half of a separable one.
 *
 * @param parameters names of each block's parameters; the head's block is the last
 */
record Blocks(List<Set<String>> parameters) {

  static Blocks of(Graph graph) {
    Map<String, Integer> lastUse = new LinkedHashMap<>();
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastUse.put(input, i);
      }
    }
    graph.outputs().forEach(output -> lastUse.put(output, nodes.size()));
    Set<String> live = new HashSet<>();
    graph.inputs().stream().map(InputSpec::name).filter(lastUse::containsKey).forEach(live::add);
    Set<String> fed = new HashSet<>(live);
    List<Set<String>> blocks = new ArrayList<>();
    Set<String> known = new HashSet<>();
    boolean mayBegin = true;
    boolean isHalf = false;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      mayBegin |= live.size() <= 1;
      List<String> own = graph.parameters(node).stream().filter(known::add).toList();
      if (!own.isEmpty()) {
        boolean begins = mayBegin && !isHalf && isLayer(graph, node);
        if (begins || blocks.isEmpty()) {
          blocks.add(new LinkedHashSet<>());
        }
        blocks.get(blocks.size() - 1).addAll(own);
        mayBegin = false;
        isHalf = isLayer(graph, node) ? isDepthwise(graph, node) : isHalf;
      }
      int now = i;
      live.removeIf(value -> lastUse.get(value) <= now);
      if (node.inputs().stream().anyMatch(fed::contains)) {
        for (String output : node.outputs()) {
          fed.add(output);
          if (lastUse.getOrDefault(output, -1) > i) {
            live.add(output);
          }
        }
      }
    }
    return new Blocks(blocks.stream().map(Set::copyOf).toList());
  }

  /** How many there are. */
  int count() {
    return parameters.size();
  }

  /**
   * The parameters of all blocks but the last ones.
   *
   * @param open how many of the last blocks are left out
   */
  Set<String> below(int open) {
    Set<String> below = new LinkedHashSet<>();
    parameters.subList(0, Math.max(0, count() - open)).forEach(below::addAll);
    return below;
  }

  /**
   * For each parameter a factor on the learning rate: 1 in the last block, and that of the block
   * above times {@code decay} in each block below (Bao et al., BEiT, ICLR 2022, appendix).
   */
  Map<String, Double> rates(double decay) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (int b = 0; b < count(); b++) {
      double rate = StrictMath.pow(decay, count() - 1.0 - b);
      parameters.get(b).forEach(name -> rates.put(name, rate));
    }
    return rates;
  }

  private static boolean isLayer(Graph graph, Node node) {
    return !node.op().normalizes()
        && graph.parameters(node).stream().anyMatch(p -> graph.stored().get(p).rank() > 1);
  }

  private static boolean isDepthwise(Graph graph, Node node) {
    return node.op() instanceof Conv conv
        && conv.groups() > 1
        && graph.stored().get(node.inputs().get(1)).size(1) == 1;
  }
}
