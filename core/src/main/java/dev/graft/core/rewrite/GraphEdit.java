package dev.graft.core.rewrite;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A model while it is rewritten: nodes are replaced, added and removed one by one, each in time
 * that does not grow with the graph. Inputs and outputs of the model stay.
 */
final class GraphEdit {

  /** A node and where it stands: behind all nodes of a lower place, in order among equals. */
  private record Placed(Node node, int place) {}

  private final Model model;
  private final Map<String, Fact> facts;
  private final Map<String, Placed> nodes = new LinkedHashMap<>();
  private final Map<String, String> producers = new HashMap<>();

  /** Names of the nodes that read a value. */
  private final Map<String, Set<String>> readers = new HashMap<>();

  private final Map<String, Tensor> stored;
  private final Set<String> outputs;
  private final Set<String> names = new HashSet<>();
  private boolean changed;

  GraphEdit(Model model) {
    this.model = model;
    Graph graph = model.graph();
    this.facts = new HashMap<>(graph.facts());
    this.stored = new LinkedHashMap<>(model.weights().asMap());
    this.outputs = Set.copyOf(graph.outputs());
    names.addAll(stored.keySet());
    graph.inputs().stream().map(InputSpec::name).forEach(names::add);
    for (Node node : graph.nodes()) {
      put(node, nodes.size());
    }
  }

  private void put(Node node, int place) {
    nodes.put(node.name(), new Placed(node, place));
    names.add(node.name());
    names.addAll(node.outputs());
    node.outputs().forEach(output -> producers.put(output, node.name()));
    node.given()
        .forEach(
            input -> readers.computeIfAbsent(input, k -> new LinkedHashSet<>()).add(node.name()));
  }

  private Placed take(String name) {
    changed = true;
    Placed old = nodes.get(name);
    old.node.outputs().forEach(producers::remove);
    old.node.given().forEach(input -> readers.get(input).remove(name));
    return old;
  }

  /** The nodes that pass, as they are now. */
  List<Node> nodes(Predicate<Node> which) {
    return nodes.values().stream().map(Placed::node).filter(which).toList();
  }

  /** The node of that name; null if it is gone. */
  @Nullable Node node(String name) {
    Placed placed = nodes.get(name);
    return placed == null ? null : placed.node;
  }

  /** The node that defines a value; null for an input or a stored tensor. */
  @Nullable Node producer(String value) {
    String name = producers.get(value);
    return name == null ? null : nodes.get(name).node;
  }

  /** The nodes that read a value. */
  List<Node> readers(String value) {
    return readers.getOrDefault(value, Set.of()).stream().map(n -> nodes.get(n).node).toList();
  }

  /** How many nodes read a value. */
  int readerCount(String value) {
    return readers.getOrDefault(value, Set.of()).size();
  }

  /** Whether a run of the model returns this value. */
  boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** Whether anything asks for this value. */
  boolean isWanted(String value) {
    return isOutput(value) || readerCount(value) > 0;
  }

  /** The stored tensor of that name; null for any other value. */
  @Nullable Tensor stored(String value) {
    return stored.get(value);
  }

  /** What the stored tensor of that name is to training. */
  Role role(String value) {
    Graph graph = model.graph();
    return graph.stored().containsKey(value) ? graph.role(value) : Role.CONSTANT;
  }

  /** What is known of a value; null if not even its rank is. */
  @Nullable Fact fact(String value) {
    return facts.get(value);
  }

  /** Says what is known of a value. */
  void tell(String value, Fact fact) {
    facts.put(value, fact);
  }

  /** A name that neither a value nor a node has yet. */
  String fresh(String wanted) {
    String name = wanted;
    for (int number = 2; !names.add(name); number++) {
      name = wanted + "_" + number;
    }
    return name;
  }

  /** Stores a tensor under a name that is fresh, or in the place of the one that has it. */
  void store(String name, Tensor tensor) {
    changed = true;
    stored.put(name, tensor);
    tell(name, Fact.of(tensor.shape()));
  }

  /** Puts a node in the place of the one of the same name. */
  void replace(Node node) {
    put(node, take(node.name()).place);
  }

  /** The same, and drops what only the old node wanted. */
  void replaceAlone(Node node) {
    List<String> read = nodes.get(node.name()).node.given();
    replace(node);
    for (String value : read) {
      Node producer = producer(value);
      if (producer != null) {
        drop(producer);
      }
    }
  }

  /** Adds a node, right behind the one that defines its first input. */
  void add(Node node) {
    changed = true;
    String producer = producers.get(node.inputs().get(0));
    put(node, producer == null ? -1 : nodes.get(producer).place);
  }

  /** Lets all nodes that read {@code from} read {@code to}. */
  void redirect(String from, String to) {
    for (Node reader : readers(from)) {
      replace(reader.reading(from, to));
    }
  }

  /** Removes a node that nothing wants, and what only it wanted. */
  void drop(Node node) {
    List<Node> unwanted = new ArrayList<>(List.of(node));
    while (!unwanted.isEmpty()) {
      Node next = unwanted.remove(unwanted.size() - 1);
      if (nodes.containsKey(next.name()) && next.outputs().stream().noneMatch(this::isWanted)) {
        take(next.name());
        nodes.remove(next.name());
        next.given().stream().map(this::producer).filter(p -> p != null).forEach(unwanted::add);
      }
    }
  }

  /** The model as it is now; the very one that came in if nothing was changed. */
  Model finish() {
    if (!changed) {
      return model;
    }
    List<Node> ordered =
        nodes.values().stream()
            .sorted(Comparator.comparingInt(Placed::place))
            .map(Placed::node)
            .toList();
    Map<String, Shape> kept = new LinkedHashMap<>();
    stored.forEach(
        (name, tensor) -> {
          if (isWanted(name)) {
            kept.put(name, tensor.shape());
          }
        });
    Graph graph = new Graph(model.graph().inputs(), kept, ordered, model.graph().outputs());
    return new Model(graph, Weights.of(stored), model.metadata());
  }
}
