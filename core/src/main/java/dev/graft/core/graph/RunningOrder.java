package dev.graft.core.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** An order in which nodes can run: each behind all it reads. */
final class RunningOrder {

  private RunningOrder() {}

  /**
   * Keeps the given order where it runs, and otherwise moves nodes behind what they read.
   *
   * @param computed the values that nodes define
   * @param consumers by value the nodes that read it, once for each time they do
   * @throws GraphException if the nodes form a cycle
   */
  static List<Node> of(List<Node> given, Set<String> computed, Map<String, List<Node>> consumers) {
    // By identity: a node hashes all its inputs, and one may have as many as there are nodes.
    Map<Node, Integer> waiting = new IdentityHashMap<>();
    Map<Node, Integer> position = new IdentityHashMap<>();
    PriorityQueue<Node> ready = new PriorityQueue<>(Comparator.comparing(position::get));
    for (Node node : given) {
      position.put(node, position.size());
      int open = (int) node.inputs().stream().filter(computed::contains).count();
      waiting.put(node, open);
      if (open == 0) {
        ready.add(node);
      }
    }
    List<Node> order = new ArrayList<>(given.size());
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      order.add(node);
      for (String output : node.outputs()) {
        for (Node next : consumers.getOrDefault(output, List.of())) {
          if (waiting.merge(next, -1, Integer::sum) == 0) {
            ready.add(next);
          }
        }
      }
    }
    if (order.size() < given.size()) {
      Node stuck = given.stream().filter(n -> waiting.get(n) > 0).findFirst().orElseThrow();
      throw new GraphException("the nodes around " + stuck.name() + " form a cycle");
    }
    return List.copyOf(order);
  }
}
