package dev.graft.core.graph;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A network as an immutable directed acyclic graph: inputs, stored tensors (by name and shape;
 * their contents are {@link Weights}), named nodes in an order in which they can run, and outputs.
 * All values are named by strings; surgery makes a new graph.
 */
public final class Graph {

  private final List<InputSpec> inputs;
  private final Map<String, Shape> stored;
  private final List<Node> nodes;
  private final List<String> outputs;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();
  private final Map<String, Role> roles = new LinkedHashMap<>();

  /**
   * @param inputs what is fed
   * @param stored name and shape of every stored tensor
   * @param nodes in any order
   * @param outputs names of the values a run returns
   * @throws GraphException if a name is defined twice or not at all, or the nodes form a cycle
   */
  public Graph(
      List<InputSpec> inputs, Map<String, Shape> stored, List<Node> nodes, List<String> outputs) {
    this.inputs = List.copyOf(inputs);
    this.stored = Collections.unmodifiableMap(new LinkedHashMap<>(stored));
    this.outputs = List.copyOf(outputs);
    Set<String> defined = new HashSet<>(stored.keySet());
    for (InputSpec input : inputs) {
      define(defined, input.name(), "the graph's inputs");
    }
    Set<String> names = new HashSet<>();
    for (Node node : nodes) {
      if (!names.add(node.name())) {
        throw new GraphException("two nodes are named " + node.name());
      }
      for (String output : node.outputs()) {
        define(defined, output, node.name());
        producers.put(output, node);
      }
      for (String input : node.given()) {
        consumers.computeIfAbsent(input, k -> new ArrayList<>()).add(node);
      }
    }
    for (Node node : nodes) {
      node.given().forEach(i -> expectDefined(defined, i, node.name()));
    }
    outputs.forEach(o -> expectDefined(defined, o, "the graph's outputs"));
    this.nodes = RunningOrder.of(nodes, producers.keySet(), consumers);
    for (Node node : this.nodes) {
      assignRoles(node);
    }
    stored.keySet().forEach(name -> roles.putIfAbsent(name, Role.CONSTANT));
  }

  private static void define(Set<String> defined, String name, String where) {
    if (!defined.add(name)) {
      throw new GraphException(where + " define the value " + name + ", which is defined already");
    }
  }

  private static void expectDefined(Set<String> defined, String name, String where) {
    if (!defined.contains(name)) {
      throw new GraphException(where + ": the value " + name + " is defined nowhere");
    }
  }

  private void assignRoles(Node node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      String input = node.inputs().get(i);
      if (!stored.containsKey(input)) {
        continue;
      }
      Role role = role(node, i);
      if (role == Role.PARAMETER) {
        roles.put(input, role);
      } else if (role == Role.STATE) {
        roles.putIfAbsent(input, role);
      }
    }
  }

  /** What the stored tensor that {@code node} reads as input i is to this node. */
  public Role role(Node node, int i) {
    if (node.op().parameterInputs().contains(i) || isBias(node, i)) {
      return Role.PARAMETER;
    }
    return node.op().stateInputs().contains(i) ? Role.STATE : Role.CONSTANT;
  }

  /** Whether input i of a node is the bias of a layer right before it. */
  private boolean isBias(Node node, int i) {
    return node.op().biasInputs().contains(i)
        && stored.get(node.inputs().get(i)).rank() == 1
        && node.inputs().stream().anyMatch(this::isLayerWithoutBias);
  }

  private boolean isLayerWithoutBias(String value) {
    Node layer = producers.get(value);
    return layer != null
        && layer.op().leavesBias()
        && layer.inputs().stream().anyMatch(stored::containsKey);
  }

  /** What is fed, in order. */
  public List<InputSpec> inputs() {
    return inputs;
  }

  /**
   * The only input.
   *
   * @throws GraphException if there are several
   */
  public InputSpec input() {
    if (inputs.size() != 1) {
      throw new GraphException(
          "the model has "
              + inputs.size()
              + " inputs ("
              + String.join(", ", inputs.stream().map(InputSpec::name).toList())
              + "), expected one");
    }
    return inputs.get(0);
  }

  /** Name and shape of every stored tensor. */
  public Map<String, Shape> stored() {
    return stored;
  }

  /** The nodes, each behind all it reads. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Names of the values a run returns. */
  public List<String> outputs() {
    return outputs;
  }

  /**
   * The only output.
   *
   * @throws GraphException if there are several
   */
  public String output() {
    if (outputs.size() != 1) {
      throw new GraphException(
          "the model has outputs " + String.join(", ", outputs) + "; expected one");
    }
    return outputs.get(0);
  }

  /**
   * Number of elements of the only output for one sample: the classes of a classifier.
   *
   * @throws GraphException if there are several outputs, or the number depends on open sizes
   */
  public int outputSize() {
    Fact known = facts().get(output());
    Size size = known == null ? null : known.shape().product(1, Math.max(1, known.shape().rank()));
    if (size == null || !size.isKnown()) {
      throw new GraphException(
          "the size of the output "
              + output()
              + (size == null ? "" : ", " + size + ",")
              + " depends on sizes of the input that are open; fix them");
    }
    return Math.toIntExact(size.known());
  }

  /** The node that defines {@code value}; null for an input or a stored tensor. */
  public @Nullable Node producer(String value) {
    return producers.get(value);
  }

  /** The nodes that read {@code value}. */
  public List<Node> consumers(String value) {
    return Collections.unmodifiableList(consumers.getOrDefault(value, List.of()));
  }

  /**
   * The node of that name.
   *
   * @throws GraphException if there is none
   */
  public Node node(String name) {
    return nodes.stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new GraphException("no node is named " + name));
  }

  /**
   * What the stored tensor {@code name} is to training.
   *
   * @throws GraphException if no tensor of that name is stored
   */
  public Role role(String name) {
    Role role = roles.get(name);
    if (role == null) {
      throw new GraphException("no stored tensor is named " + name);
    }
    return role;
  }

  /** Names of the stored tensors of that role, in the order in which the nodes read them. */
  public List<String> stored(Role role) {
    return roles.entrySet().stream()
        .filter(e -> e.getValue() == role)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The parameters that {@code node} reads. */
  public List<String> parameters(Node node) {
    return node.inputs().stream().filter(i -> roles.get(i) == Role.PARAMETER).toList();
  }

  /** The nodes that read a parameter, in order: the depth of a layer is its place in this list. */
  public List<Node> parametricNodes() {
    return nodes.stream().filter(n -> !parameters(n).isEmpty()).toList();
  }

  /**
   * The shape of every value for the given shapes of the inputs.
   *
   * @param fed may leave sizes open; then they are open in what follows from them, and a value of
   *     which nothing can be told is left out
   * @throws ShapeException naming the node where shapes do not fit
   */
  public Map<String, Shape> shapes(Map<String, Shape> fed) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    facts(fed).forEach((value, fact) -> shapes.put(value, fact.shape()));
    return shapes;
  }

  /** The shape of every value for {@code batch} samples; other open sizes stay open. */
  public Map<String, Shape> shapes(int batch) {
    Map<String, Shape> fed = new HashMap<>();
    inputs.forEach(input -> fed.put(input.name(), input.bind(batch)));
    return shapes(fed);
  }

  /**
   * What is known of every value before anything is fed: shapes in terms of what is open, and the
   * numbers of what is computed from shapes. A value of which nothing can be told is left out.
   *
   * @throws ShapeException naming the node where shapes do not fit
   */
  public Map<String, Fact> facts() {
    Map<String, Shape> specified = new HashMap<>();
    inputs.forEach(input -> specified.put(input.name(), input.shape()));
    return facts(specified);
  }

  /**
   * What is known of every value once inputs of the given shapes are fed.
   *
   * @param fed as for {@link #shapes(Map)}
   * @throws ShapeException naming the node where shapes do not fit
   */
  public Map<String, Fact> facts(Map<String, Shape> fed) {
    return ShapeInference.facts(this, fed);
  }

  /**
   * This graph for inputs of other shapes, such as pictures of one size where every size would do.
   *
   * @param shapes by input name; inputs that are not named stay as they are
   * @throws ShapeException if a rank or a fixed size differs
   */
  public Graph withInputs(Map<String, Shape> shapes) {
    List<InputSpec> bound =
        inputs.stream()
            .map(i -> shapes.containsKey(i.name()) ? i.with(shapes.get(i.name())) : i)
            .toList();
    return new Graph(bound, stored, nodes, outputs);
  }

  /** The part of this graph that {@code outputs} need, inputs too, with them as outputs. */
  public Graph ending(List<String> outputs) {
    Set<String> needed = new LinkedHashSet<>(outputs);
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        kept.add(node);
        needed.addAll(node.inputs());
      }
    }
    Collections.reverse(kept);
    List<InputSpec> read = inputs.stream().filter(i -> needed.contains(i.name())).toList();
    return rebuilt(read, kept, outputs, needed);
  }

  /**
   * The part of this graph behind the given values, which become its inputs.
   *
   * @param starts the new inputs; an old input is needed no more where they cut it off
   */
  public Graph startingAt(List<InputSpec> starts) {
    Set<String> given = new HashSet<>();
    starts.forEach(s -> given.add(s.name()));
    Set<String> needed = new LinkedHashSet<>(outputs);
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(o -> needed.contains(o) && !given.contains(o))) {
        kept.add(node);
        needed.addAll(node.inputs());
      }
    }
    Collections.reverse(kept);
    List<InputSpec> left = new ArrayList<>(starts);
    inputs.stream()
        .filter(i -> needed.contains(i.name()) && !given.contains(i.name()))
        .forEach(left::add);
    return rebuilt(left, kept, outputs, needed);
  }

  private Graph rebuilt(
      List<InputSpec> inputs, List<Node> nodes, List<String> outputs, Set<String> needed) {
    Map<String, Shape> kept = new LinkedHashMap<>(stored);
    kept.keySet().retainAll(needed);
    return new Graph(inputs, kept, nodes, outputs);
  }

  /** This graph with every node replaced by what {@code change} makes of it. */
  public Graph mapNodes(UnaryOperator<Node> change) {
    return new Graph(inputs, stored, nodes.stream().map(change).toList(), outputs);
  }

  /** This graph with inputs and nodes added, and other outputs. */
  public Graph extended(List<InputSpec> newInputs, List<Node> newNodes, List<String> newOutputs) {
    List<InputSpec> allInputs = new ArrayList<>(inputs);
    allInputs.addAll(newInputs);
    List<Node> allNodes = new ArrayList<>(nodes);
    allNodes.addAll(newNodes);
    return new Graph(allInputs, stored, allNodes, newOutputs);
  }
}
