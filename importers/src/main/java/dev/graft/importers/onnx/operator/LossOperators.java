package dev.graft.importers.onnx.operator;

import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.Arrays;
import java.util.List;

/**
 * Losses of classifiers, for labels that are known at import. A network to be trained here ends
 * with its scores: the loss is the trainer's.
 */
final class LossOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("NegativeLogLikelihoodLoss", node -> read(node, node.term(0))).since(12),
          OnnxOperator.of("SoftmaxCrossEntropyLoss", LossOperators::readCrossEntropy).since(12));

  private LossOperators() {}

  private static void readCrossEntropy(NodeCursor node) {
    if (node.shape(0).rank() < 2) {
      throw new ImportException("has scores " + node.shape(0) + " without classes");
    }
    Term probabilities = Term.of(new LogSoftmax(1), node.term(0));
    read(node, probabilities);
    node.emitOutput(1, probabilities);
  }

  /**
   * {@code -weight[label] x[label]} for each label, none of it for those to be ignored; the mean is
   * weighted.
   */
  private static void read(NodeCursor node, Term x) {
    Shape scores = node.shape(0);
    Known labels = node.known(1);
    if (scores.rank() < 2 || !labels.shape().equals(without(scores))) {
      throw new ImportException("has labels " + labels.shape() + " for scores " + scores);
    }
    double[] weights = weights(node, scores.size(1));
    node.graph().folding().expectFloats(scores);
    float[] share = new float[scores.elements()];
    int classes = scores.size(1);
    int inner = scores.elements(2, scores.rank());
    double total = 0;
    for (int i = 0; i < labels.values().length; i++) {
      double label = labels.values()[i];
      if (node.attributes().has("ignore_index") && label == node.integer("ignore_index", -1)) {
        continue;
      }
      if (label < 0 || label >= classes) {
        throw new ImportException("has the label " + (long) label + " of " + classes + " classes");
      }
      int at = (i / inner * classes + (int) label) * inner + i % inner;
      share[at] = (float) weights[(int) label];
      total += weights[(int) label];
    }
    Term shares = node.term(Tensor.of(scores, share));
    // Chosen rather than multiplied: a probability of 0 has no logarithm.
    Term chosen = shares.equal(node.number(0)).choose(node.number(0), x.times(shares));
    Term losses = chosen.sum(List.of(1), false).negative();
    switch (node.attributes().text("reduction", "mean")) {
      case "none" -> node.emit(losses);
      case "sum" -> node.emit(losses.sum(List.of(), false));
      case "mean" -> node.emit(losses.sum(List.of(), false).over(node.number(total)));
      default -> throw new ImportException("has an unknown reduction");
    }
  }

  private static Shape without(Shape scores) {
    int[] sizes = new int[scores.rank() - 1];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = scores.size(axis == 0 ? 0 : axis + 1);
    }
    return Shape.of(sizes);
  }

  private static double[] weights(NodeCursor node, int classes) {
    double[] weights = new double[classes];
    Arrays.fill(weights, 1);
    if (!node.has(2)) {
      return weights;
    }
    Known given = node.known(2);
    if (given.values().length != classes) {
      throw new ImportException("has weights " + given.shape() + " for " + classes + " classes");
    }
    return given.values();
  }
}
