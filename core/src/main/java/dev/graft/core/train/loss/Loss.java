package dev.graft.core.train.loss;

import dev.graft.core.graph.Graph;

/**
 * What training minimises. A loss is a piece of graph like any other: it puts itself behind a
 * network, says which targets it reads there, and what is measured beside it. Any code can add one:
 *
 * <pre>{@code
 * record AbsoluteError() implements Loss {
 *   public String behind(LossGraph network) {
 *     String said = network.output();
 *     String wanted = network.target(TARGET, network.item(said));
 *     network.measure(new RSquared(1), said, wanted);
 *     String error = network.add(new Sub(), said, wanted);
 *     ...
 *   }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Loss {

  /** Input of the targets. */
  String TARGET = "graft.target";

  /** Input of the teacher's logits, {@code [N,K]}; only where there is a teacher. */
  String TEACHER = "graft.teacher";

  /** Output that holds the loss, a scalar. */
  String VALUE = "graft.loss";

  /**
   * Adds this loss to a network: its targets, its nodes, what is measured.
   *
   * @return the value that holds the loss, a scalar, averaged over the batch
   * @throws dev.graft.core.graph.GraphException if the network does not end as this loss needs
   */
  String behind(LossGraph network);

  /**
   * The largest second derivative of one example's loss in its outputs, which bounds the rate at
   * which a head can learn: 1/2 for softmax cross-entropy (Böhning, Ann. Inst. Statist. Math.
   * 1992).
   *
   * @param outputs their number
   */
  default double curvature(int outputs) {
    return 0.5;
  }

  /**
   * The loss of one who knows nothing and says so, what training begins with: ln K for the
   * cross-entropy of K classes. NaN where there is no such figure.
   *
   * @param outputs their number
   */
  default double chance(int outputs) {
    return Double.NaN;
  }

  /**
   * {@code network} with this loss behind it: targets are further inputs, {@link #VALUE} is a
   * further output. Sizes of the network's inputs may be open.
   *
   * @throws dev.graft.core.graph.GraphException if the network does not end as this loss needs
   */
  default Objective attach(Graph network) {
    LossGraph graph = new LossGraph(network);
    return graph.finish(behind(graph));
  }
}
