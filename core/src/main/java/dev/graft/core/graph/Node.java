package dev.graft.core.graph;

import dev.graft.core.op.Op;
import java.util.List;

/**
 * One operation of a {@link Graph}.
 *
 * @param name unique within the graph, such as {@code layer1.0.conv1}
 * @param op what it computes
 * @param inputs names of the values it reads, in the operation's order; an optional one that is
 *     absent has the empty name
 * @param outputs names of the values it defines
 */
public record Node(String name, Op op, List<String> inputs, List<String> outputs) {

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The inputs that are not absent. */
  public List<String> given() {
    return inputs.contains("") ? inputs.stream().filter(i -> !i.isEmpty()).toList() : inputs;
  }

  /** The first output's name. */
  public String output() {
    return outputs.get(0);
  }

  /** The same node with another value in the place of an input. */
  public Node reading(String other, String instead) {
    List<String> changed = inputs.stream().map(i -> i.equals(other) ? instead : i).toList();
    return new Node(name, op, changed, outputs);
  }

  /** The same node with another operation. */
  public Node with(Op op) {
    return new Node(name, op, inputs, outputs);
  }
}
