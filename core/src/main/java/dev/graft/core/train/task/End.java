package dev.graft.core.train.task;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.Scores;
import dev.graft.core.op.layout.Identity;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a network ends in behind its logits. */
final class End {

  private End() {}

  /**
   * The model with that end in place of the one it has, Softmax or Sigmoid.
   *
   * @param end null for the bare logits
   */
  static Model of(Model model, @Nullable Op end) {
    Graph graph = model.graph();
    Node last = graph.producer(graph.output());
    if (last != null && last.op().scores() != Scores.NONE) {
      Op other = end == null ? new Identity() : end;
      return with(model, graph.mapNodes(n -> n == last ? n.with(other) : n));
    }
    if (end == null) {
      return model;
    }
    String name = graph.output() + "." + end.type().toLowerCase(Locale.ROOT);
    Node added = new Node(name, end, List.of(graph.output()), List.of(name));
    return with(model, graph.extended(List.of(), List.of(added), List.of(name)));
  }

  private static Model with(Model model, Graph graph) {
    return new Model(graph, model.weights(), model.metadata());
  }
}
