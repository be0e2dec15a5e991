package dev.graft.core.train.task;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.op.Op;
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
    OutputMeaning meaning = OutputMeaning.of(graph);
    if (!meaning.scoring().isEmpty()) {
      String scores = meaning.scoring().get(0).name();
      Graph logits = meaning.logits(graph);
      return with(
          model,
          end == null ? logits : logits.mapNodes(n -> n.name().equals(scores) ? n.with(end) : n));
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
