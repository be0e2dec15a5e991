package dev.graft.core.train;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** A network with a loss being put behind its output. */
final class LossGraph {

  private final Graph network;
  private final String output;
  private String judged;
  private Shape shape;
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();

  /**
   * @throws dev.graft.core.graph.GraphException if the network has several outputs
   */
  LossGraph(Graph network) {
    this.network = network;
    this.output = network.output();
    this.judged = output;
    this.shape = network.shapes(1).get(output);
  }

  /**
   * Lets the loss judge {@code [N,K]} where the output is {@code [N,K,1,1]}: what global pooling
   * leaves of a map for each class.
   */
  LossGraph ofClasses() {
    if (shape.rank() > 2 && shape.elements(2, shape.rank()) == 1) {
      judged = add(Loss.VALUE + ".logits", new Flatten(1), output);
      shape = Shape.of(shape.size(0), shape.size(1));
    }
    return this;
  }

  /** The value the loss judges. */
  String judged() {
    return judged;
  }

  /** A further input of the judged value's shape, batch open. */
  String input(String name) {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(InputSpec.DYNAMIC);
    for (int axis = 1; axis < shape.rank(); axis++) {
      sizes.add(shape.size(axis));
    }
    inputs.add(new InputSpec(name, sizes));
    return name;
  }

  /** A node of the loss; its output has its name. */
  String add(String name, Op op, String... reads) {
    nodes.add(new Node(name, op, List.of(reads), List.of(name)));
    return name;
  }

  /** The network with what was added; its outputs are the old one and {@link Loss#VALUE}. */
  Graph finish() {
    return network.extended(inputs, nodes, List.of(output, Loss.VALUE));
  }
}
