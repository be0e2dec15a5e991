package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.tensor.Shape;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long training everything may take, as a number of epochs: by arithmetic, never by a clock, so
 * that results repeat.
 *
 * @param epochs as many as fit, at most {@value #MOST}
 * @param secondsPerEpoch what one is taken to cost
 * @param minutes the time that was allowed
 */
record Budget(int epochs, double secondsPerEpoch, double minutes) {

  /** More hardly ever pays. */
  private static final int MOST = 30;

  /** Multiply-adds a second that a processor of two cores is taken to reach in training. */
  private static final double RATE = 12e9;

  /** A forward and two backward products. */
  private static final int PASSES = 3;

  /**
   * @param graph the network; what cannot be told while sizes are open counts as nothing
   */
  static Budget of(Graph graph, int pictures, double minutes) {
    Map<String, Shape> shapes = graph.shapes(1);
    double adds = 0;
    for (Node node : graph.nodes()) {
      List<Shape> read = node.inputs().stream().map(shapes::get).toList();
      boolean isOpen = read.stream().anyMatch(shape -> shape == null || shape.isOpen());
      adds += isOpen ? 0 : node.op().multiplyAdds(read);
    }
    double seconds = PASSES * adds * pictures / RATE;
    int epochs = (int) Math.min(MOST, minutes * 60 / Math.max(seconds, 1e-9));
    return new Budget(epochs, seconds, minutes);
  }

  /** One line for people. */
  String note() {
    return String.format(
        Locale.ROOT,
        "at most %d epochs of about %.0f s each within %s minutes",
        epochs,
        Math.ceil(secondsPerEpoch),
        BigDecimal.valueOf(minutes).stripTrailingZeros().toPlainString());
  }
}
