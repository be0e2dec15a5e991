package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.PRelu;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;

/** Functions of two operands, or of any number that are taken one after the other. */
final class PairwiseOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Max", node -> chain(node, new Max()))
              .ofAnyRank()
              .folds(FoldRule.NUMBERS)
              .writes(Max.class, (op, node) -> {}),
          OnnxOperator.of("Min", node -> chain(node, new Min()))
              .ofAnyRank()
              .folds(FoldRule.NUMBERS)
              .writes(Min.class, (op, node) -> {}),
          OnnxOperator.of("Sum", node -> chain(node, new Add())).ofAnyRank().folds(FoldRule.FLOATS),
          OnnxOperator.of("Mean", PairwiseOperators::readMean).ofAnyRank().folds(FoldRule.FLOATS),
          OnnxOperator.of("Pow", PairwiseOperators::readPow)
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Pow.class, (op, node) -> {}),
          OnnxOperator.plain(new PRelu(), 2).ofAnyRank());

  private PairwiseOperators() {}

  /** {@code ((a ∘ b) ∘ c) ∘ …}. */
  private static void chain(NodeCursor node, Op op) {
    List<String> operands = operands(node);
    if (operands.size() == 1) {
      node.emit(new Identity(), operands);
    } else {
      int last = operands.size() - 1;
      node.emit(op, List.of(chained(node, op, operands.subList(0, last)), operands.get(last)));
    }
  }

  private static List<String> operands(NodeCursor node) {
    List<String> operands = node.inputs(Integer.MAX_VALUE);
    if (operands.isEmpty()) {
      throw new ImportException("has no inputs");
    }
    return operands;
  }

  private static String chained(NodeCursor node, Op op, List<String> operands) {
    String result = operands.get(0);
    for (int i = 1; i < operands.size(); i++) {
      result = node.emitStep("step" + i, op, result, operands.get(i));
    }
    return result;
  }

  private static void readMean(NodeCursor node) {
    List<String> operands = operands(node);
    String share = node.number("share", 1f / operands.size());
    node.emit(new Mul(), List.of(chained(node, new Add(), operands), share));
  }

  /** Squares are frequent, and a product is exact where a power is slow. */
  private static void readPow(NodeCursor node) {
    List<String> operands = ArithmeticOperators.operands(node);
    Tensor exponent = node.graph().stored(node.input(1));
    boolean square = exponent != null && exponent.shape().rank() == 0 && exponent.toArray()[0] == 2;
    if (square) {
      node.emit(new Mul(), List.of(operands.get(0), operands.get(0)));
    } else {
      node.emit(new Pow(), operands);
    }
  }
}
