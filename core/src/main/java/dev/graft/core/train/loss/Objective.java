package dev.graft.core.train.loss;

import dev.graft.core.graph.Graph;
import dev.graft.core.train.metric.Metric;
import java.util.List;

/**
 * A network with a loss behind it: what a trainer works on.
 *
 * @param graph its inputs are the network's and the targets; its outputs hold the network's and
 *     {@link Loss#VALUE}
 * @param measures what is measured beside the loss
 */
public record Objective(Graph graph, List<Measure> measures) {

  /**
   * A metric and what it compares.
   *
   * @param name what a report calls its value
   * @param metric compares
   * @param prediction an output of the graph
   * @param target an input of the graph
   */
  public record Measure(String name, Metric metric, String prediction, String target) {}

  public Objective {
    measures = List.copyOf(measures);
  }

  /** The same objective of another graph, such as the part behind frozen layers. */
  public Objective with(Graph other) {
    return new Objective(other, measures);
  }
}
