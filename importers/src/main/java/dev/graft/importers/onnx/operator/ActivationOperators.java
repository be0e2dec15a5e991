package dev.graft.importers.onnx.operator;

import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Selu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Softsign;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Abs;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Neg;
import dev.graft.core.op.arithmetic.Reciprocal;
import dev.graft.core.op.arithmetic.Sin;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.importers.ImportException;
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
          OnnxOperator.plain(new Abs(), 1).ofAnyRank().folds(FoldRule.NUMBERS),
          OnnxOperator.plain(new Cos(), 1).ofAnyRank(),
          OnnxOperator.plain(new Erf(), 1, 9).ofAnyRank(),
          OnnxOperator.plain(new HardSwish(), 1, 14).ofAnyRank(),
          OnnxOperator.plain(new Log(), 1).ofAnyRank(),
          OnnxOperator.plain(new Mish(), 1, 18).ofAnyRank(),
          OnnxOperator.plain(new Neg(), 1).ofAnyRank().folds(FoldRule.NUMBERS),
          OnnxOperator.plain(new Reciprocal(), 1).ofAnyRank(),
          OnnxOperator.plain(new Sin(), 1).ofAnyRank(),
          OnnxOperator.plain(new Softplus(), 1).ofAnyRank(),
          OnnxOperator.plain(new Softsign(), 1).ofAnyRank(),
          OnnxOperator.plain(new Sqrt(), 1).ofAnyRank(),
          OnnxOperator.of("Elu", ActivationOperators::readElu)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Elu.class, (elu, node) -> node.number("alpha", elu.alpha())),
          OnnxOperator.of("Gelu", ActivationOperators::readGelu)
              .ofAnyRank()
              .since(20)
              .folds(FoldRule.FLOATS)
              .writes(Gelu.class, ActivationOperators::writeGelu),
          OnnxOperator.of("HardSigmoid", ActivationOperators::readHardSigmoid)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(HardSigmoid.class, ActivationOperators::writeHardSigmoid),
          OnnxOperator.of("Selu", ActivationOperators::readSelu)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Selu.class, ActivationOperators::writeSelu),
          OnnxOperator.of("Swish", ActivationOperators::readSwish)
              .ofAnyRank()
              .since(24)
              .folds(FoldRule.FLOATS)
              .writes(Swish.class, (swish, node) -> node.number("alpha", swish.alpha())),
          OnnxOperator.of("LeakyRelu", ActivationOperators::readLeakyRelu)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(LeakyRelu.class, (leaky, node) -> node.number("alpha", leaky.alpha())),
          OnnxOperator.of("Clip", ActivationOperators::readClip)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Clip.class, ActivationOperators::writeClip));

  private static final String EXACT = "none";
  private static final String TANH = "tanh";

  private ActivationOperators() {}

  private static void readLeakyRelu(NodeCursor node) {
    node.emit(new LeakyRelu(node.attributes().number("alpha", 0.01)), node.inputs(1));
  }

  private static void readElu(NodeCursor node) {
    node.emit(new Elu(node.attributes().number("alpha", 1)), node.inputs(1));
  }

  private static void readGelu(NodeCursor node) {
    String approximate = node.attributes().text("approximate", EXACT);
    if (!approximate.equals(EXACT) && !approximate.equals(TANH)) {
      throw new ImportException(
          "has the approximation " + approximate + ", expected " + EXACT + " or " + TANH);
    }
    node.emit(new Gelu(approximate.equals(TANH)), node.inputs(1));
  }

  private static void writeGelu(Gelu gelu, NodeWriter node) {
    node.text("approximate", gelu.approximate() ? TANH : EXACT);
  }

  private static void readHardSigmoid(NodeCursor node) {
    Attributes a = node.attributes();
    node.emit(new HardSigmoid(a.number("alpha", 0.2), a.number("beta", 0.5)), node.inputs(1));
  }

  private static void writeHardSigmoid(HardSigmoid op, NodeWriter node) {
    node.number("alpha", op.alpha());
    node.number("beta", op.beta());
  }

  /** The defaults are the floats nearest to the paper's numbers, as a file would state them. */
  private static void readSelu(NodeCursor node) {
    Attributes a = node.attributes();
    node.emit(new Selu(a.number("alpha", 1.6732632), a.number("gamma", 1.050701)), node.inputs(1));
  }

  private static void writeSelu(Selu op, NodeWriter node) {
    node.number("alpha", op.alpha());
    node.number("gamma", op.gamma());
  }

  private static void readSwish(NodeCursor node) {
    node.emit(new Swish(node.attributes().number("alpha", 1)), node.inputs(1));
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
