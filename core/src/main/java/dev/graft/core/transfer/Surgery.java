package dev.graft.core.transfer;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Operations on a whole network. Each returns a new Model that shares the weights it keeps. */
public final class Surgery {

  /** Deviation of a new head's weights: small, so that the first gradients reach the features. */
  private static final double HEAD_DEVIATION = 0.01;

  private Surgery() {}

  /**
   * Chops off the head and grafts a new one for other classes: the last layer gets fresh weights
   * (normal, deviation 0.01) and biases of zero. An activation behind the old layer goes with it,
   * since logits must be free to be negative; pooling and a final Softmax stay.
   *
   * @param labels what its outputs stand for, at least one
   * @param seed of the new weights
   * @throws GraphException if the head cannot be told or is not a layer that can be replaced
   */
  public static Model replaceHead(Model model, List<String> labels, long seed) {
    if (labels.isEmpty()) {
      throw new GraphException("a head needs at least 1 output, found none");
    }
    Head head = model.head();
    Graph graph = model.graph();
    Node layer = head.layer();
    String weight = layer.inputs().get(1);
    if (!graph.stored().containsKey(weight) || graph.role(weight) != Role.PARAMETER) {
      throw new GraphException(
          layer.name() + " (" + layer.op().type() + ") has no weight of its own to replace");
    }
    Map<String, Tensor> fresh = new LinkedHashMap<>();
    Shape old = graph.stored().get(weight);
    int classAxis =
        layer
            .op()
            .unitAxis()
            .orElseThrow(
                () ->
                    new GraphException(
                        "a head of type " + layer.op().type() + " cannot be replaced"));
    classAxis = old.axis(classAxis);
    int oldClasses = old.size(classAxis);
    expectUntied(graph, weight, layer);
    fresh.put(
        weight,
        Initializer.normal(HEAD_DEVIATION)
            .draw(old.with(classAxis, labels.size()), Rng.key(seed, weight)));
    Node biased = head.bias() == null ? layer : head.bias();
    for (String bias : graph.parameters(biased)) {
      if (!bias.equals(weight)) {
        expectUntied(graph, bias, biased);
        Shape shape = graph.stored().get(bias);
        // One number for all classes becomes one for each.
        fresh.put(
            bias,
            Tensor.zeros(
                shape.rank() == 0
                    ? Shape.of(labels.size())
                    : shape.with(shape.rank() - 1, labels.size())));
      }
    }
    Set<String> behind = new HashSet<>();
    head.behind().forEach(node -> behind.add(node.name()));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(behind.contains(node.name()) ? adapted(node, oldClasses, labels.size()) : node);
    }
    Weights weights = model.weights().with(fresh);
    Graph grafted = new Graph(graph.inputs(), Model.shapesOf(weights), nodes, graph.outputs());
    Metadata metadata = model.metadata().withLabels(labels).withHead(layer.name());
    return new Model(grafted, weights, metadata);
  }

  private static void expectUntied(Graph graph, String weight, Node layer) {
    if (graph.consumers(weight).size() > 1) {
      throw new GraphException(
          layer.name() + ": the weight " + weight + " is shared with other layers");
    }
  }

  /** A node behind the old layer, made to fit the new classes. */
  private static Node adapted(Node node, int oldClasses, int newClasses) {
    return node.with(
        node.op().activates() ? new Identity() : node.op().resized(oldClasses, newClasses));
  }

  /**
   * Cuts the network off at a value, which becomes its output: a feature extractor. Labels go with
   * the head.
   *
   * @param value name of the value, or of a node whose first output is meant
   * @throws GraphException if there is no such value
   */
  public static Model cut(Model model, String value) {
    Graph graph = model.graph();
    String output =
        graph.producer(value) != null
            ? value
            : graph.nodes().stream()
                .filter(n -> n.name().equals(value))
                .findFirst()
                .map(Node::output)
                .orElseThrow(() -> new GraphException("no value or node is named " + value));
    Graph cut = graph.ending(List.of(output));
    return new Model(cut, model.weights(), model.metadata().withLabels(List.of()).withHead(null));
  }

  /**
   * Draws every parameter anew and resets running statistics: the same network from scratch. What
   * each starts from is for {@link Op#initializer the operation that reads it} to say.
   */
  public static Model reinitialize(Model model, long seed) {
    Graph graph = model.graph();
    Map<String, Tensor> fresh = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String name = node.inputs().get(i);
        Shape shape = graph.stored().get(name);
        if (shape != null && graph.role(node, i) != Role.CONSTANT) {
          Initializer initializer = node.op().initializer(i, shape);
          fresh.put(name, initializer.draw(shape, Rng.key(seed, name)));
        }
      }
    }
    return model.with(model.weights().with(fresh));
  }
}
