package dev.graft.core.graph;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be told of the values of a graph from what is known of its inputs. */
final class ShapeInference {

  private ShapeInference() {}

  /**
   * The rule of {@link Graph#facts(Map)}: node after node; where nothing can be told while a size
   * is open, that value and what follows from it are left out.
   */
  static Map<String, Fact> facts(Graph graph, Map<String, Shape> fed) {
    Map<String, Fact> facts = new LinkedHashMap<>();
    graph.stored().forEach((name, shape) -> facts.put(name, Fact.of(shape)));
    boolean open = false;
    for (InputSpec input : graph.inputs()) {
      Shape shape = fed.get(input.name());
      if (shape == null) {
        throw new ShapeException("input " + input.name() + " " + input + " was not given");
      }
      input.check(shape);
      open |= shape.isOpen();
      facts.put(input.name(), Fact.of(input.type(), shape));
    }
    for (Node node : graph.nodes()) {
      if (!facts.keySet().containsAll(node.given())) {
        continue;
      }
      try {
        List<Fact> results = inferred(node, facts);
        for (int i = 0; i < node.outputs().size(); i++) {
          facts.put(node.outputs().get(i), results.get(i));
        }
      } catch (OpenSizeException e) {
        if (!open) {
          throw new ShapeException(e.getMessage()).at(node.name());
        }
      }
    }
    return facts;
  }

  private static List<Fact> inferred(Node node, Map<String, Fact> facts) {
    try {
      // An absent input has no fact.
      return node.op().infer(node.inputs().stream().<@Nullable Fact>map(facts::get).toList());
    } catch (ShapeException e) {
      throw e.at(node.name());
    }
  }
}
