package dev.graft.core.transfer;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Running statistics that keep up with a short run. A momentum m looks back over 1 / (1 - m) steps.
 * Made for long runs, such as Keras's 0.99, it outlasts an epoch of a small data set: the weights
 * move on, and what validates is normalised by what the layers were many epochs ago. While training
 * it looks back no further than an epoch, or ten steps where an epoch is shorter (the momentum that
 * PyTorch starts from). The model keeps its own.
 */
final class RunningStatistics {

  /** A momentum up to this one stays as it is. */
  private static final double USUAL = 0.9;

  private RunningStatistics() {}

  /** The graph to be trained. */
  static Graph keepingUp(Graph graph, int stepsPerEpoch) {
    double most = most(stepsPerEpoch);
    return tooSlow(graph, most).isEmpty() ? graph : graph.mapNodes(node -> bounded(node, most));
  }

  /**
   * One line for people about what differs in the graph to be trained; empty if nothing does.
   *
   * @param trainable the parameters that change, without which statistics stay
   */
  static String note(Graph graph, int stepsPerEpoch, Set<String> trainable) {
    double most = most(stepsPerEpoch);
    List<Node> slow =
        tooSlow(graph, most).stream()
            .filter(node -> node.given().stream().anyMatch(trainable::contains))
            .toList();
    return slow.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "the momentum of %d BatchNormalization%s is %.3g while training, so that running"
                + " statistics keep up with epochs of %d steps",
            slow.size(),
            slow.size() == 1 ? "" : "s",
            most,
            stepsPerEpoch);
  }

  private static double most(int stepsPerEpoch) {
    return Math.max(USUAL, 1 - 1.0 / stepsPerEpoch);
  }

  private static List<Node> tooSlow(Graph graph, double most) {
    return graph.nodes().stream().filter(node -> isTooSlow(node, most)).toList();
  }

  private static boolean isTooSlow(Node node, double most) {
    return node.op() instanceof BatchNormalization norm && norm.momentum() > most;
  }

  private static Node bounded(Node node, double most) {
    return isTooSlow(node, most)
        ? node.with(((BatchNormalization) node.op()).withMomentum(most))
        : node;
  }
}
