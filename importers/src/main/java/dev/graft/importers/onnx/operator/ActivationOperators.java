package dev.graft.importers.onnx.operator;

import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.importers.graph.FoldRule;
import java.util.List;

/** Functions of each element. */
final class ActivationOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.plain(new Relu(), 1).ofAnyRank(),
          OnnxOperator.plain(new Sigmoid(), 1).ofAnyRank(),
          OnnxOperator.plain(new Tanh(), 1).ofAnyRank(),
          OnnxOperator.plain(new Exp(), 1).ofAnyRank(),
          OnnxOperator.of("LeakyRelu", ActivationOperators::readLeakyRelu)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(LeakyRelu.class, (leaky, node) -> node.number("alpha", leaky.alpha())),
          OnnxOperator.of("Clip", ActivationOperators::readClip)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Clip.class, ActivationOperators::writeClip));

  private ActivationOperators() {}

  private static void readLeakyRelu(NodeCursor node) {
    node.emit(new LeakyRelu(node.attributes().number("alpha", 0.01)), node.inputs(1));
  }

  /** Bounds are attributes before opset 11, then inputs. */
  private static void readClip(NodeCursor node) {
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.POSITIVE_INFINITY;
    if (node.opset() < 11) {
      // The attributes' defaults are the extremes of float: no bound.
      min = node.attributes().has("min") ? node.attributes().number("min", 0) : min;
      max = node.attributes().has("max") ? node.attributes().number("max", 0) : max;
    } else {
      min = node.scalar(1, min);
      max = node.scalar(2, max);
    }
    node.emit(new Clip(min, max), node.first());
  }

  private static void writeClip(Clip clip, NodeWriter node) {
    bound(node, "min", clip.min());
    bound(node, "max", clip.max());
  }

  /** An infinite bound is an input left out. */
  private static void bound(NodeWriter node, String name, double value) {
    if (Double.isInfinite(value)) {
      node.noInput();
    } else {
      node.input(name, value);
    }
  }
}
