package dev.graft.importers.onnx;

import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The nodes that the outputs need, in an order in which they can run; a file should list them so,
 * but is not believed.
 *
 * @param nodes in order
 * @param values names of all the values that they and the outputs read
 */
record NodeOrder(List<NodeProto> nodes, Set<String> values) {

  /**
   * @throws ImportException if two nodes define one value, or they form a cycle
   */
  static NodeOrder of(GraphProto graph) {
    List<NodeProto> all = graph.getNodeList();
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      for (String output : all.get(i).getOutputList()) {
        if (!output.isEmpty() && producers.putIfAbsent(output, i) != null) {
          throw new ImportException(
              name(all.get(i)) + ": defines the value " + output + ", which is defined already");
        }
      }
    }
    Set<String> values = new HashSet<>();
    Set<Integer> needed = needed(graph, producers, values);
    return new NodeOrder(sorted(all, producers, needed), values);
  }

  /** How a message and the model call a node: files may leave the name out. */
  static String name(NodeProto node) {
    if (!node.getName().isEmpty()) {
      return node.getName();
    }
    return node.getOutputList().stream()
        .filter(output -> !output.isEmpty())
        .findFirst()
        .orElse(node.getOpType());
  }

  private static Set<Integer> needed(
      GraphProto graph, Map<String, Integer> producers, Set<String> values) {
    ArrayDeque<String> open = new ArrayDeque<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      open.add(output.getName());
    }
    Set<Integer> needed = new HashSet<>();
    while (!open.isEmpty()) {
      String value = open.remove();
      Integer producer = values.add(value) ? producers.get(value) : null;
      if (producer != null && needed.add(producer)) {
        open.addAll(graph.getNode(producer).getInputList());
      }
    }
    return needed;
  }

  private static List<NodeProto> sorted(
      List<NodeProto> all, Map<String, Integer> producers, Set<Integer> needed) {
    int[] open = new int[all.size()];
    Map<Integer, List<Integer>> readers = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i : needed) {
      for (String input : all.get(i).getInputList()) {
        Integer from = input.isEmpty() ? null : producers.get(input);
        if (from != null) {
          open[i]++;
          readers.computeIfAbsent(from, k -> new ArrayList<>()).add(i);
        }
      }
      if (open[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      order.add(all.get(next));
      for (int reader : readers.getOrDefault(next, List.of())) {
        if (--open[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (order.size() < needed.size()) {
      int stuck = needed.stream().filter(i -> open[i] > 0).sorted().findFirst().orElseThrow();
      throw new ImportException(name(all.get(stuck)) + ": is part of a cycle");
    }
    return order;
  }
}
