package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Arithmetic on two operands that are broadcast; on shapes too. */
final class ArithmeticOperators {

  static final List<OnnxOperator> ALL =
      Stream.<Op>of(new Add(), new Sub(), new Mul(), new Div())
          .map(
              op ->
                  OnnxOperator.of(op.type(), node -> node.emit(op, numbers(node, op)))
                      .ofAnyRank()
                      .folds(FoldRule.ARITHMETIC)
                      .writes(op.getClass(), (same, node) -> {}))
          .toList();

  private ArithmeticOperators() {}

  /**
   * Whole numbers that are fed are computed with as floats, but for a quotient, which is cut off.
   */
  private static List<String> numbers(NodeCursor node, Op op) {
    List<String> given = operands(node);
    if (given.size() < 2 || given.stream().noneMatch(node.graph()::isFedWhole)) {
      return given;
    }
    if (op instanceof Div) {
      throw new ImportException("divides whole numbers that are fed, which is not supported");
    }
    return List.of(node.floats(0), node.floats(1));
  }

  /** Before opset 7 the axes of the second operand may start at any of the first's. */
  static List<String> operands(NodeCursor node) {
    List<String> given = node.inputs(2);
    if (node.opset() >= 7 || !node.attributes().has("axis")) {
      return given;
    }
    Shape a = node.shape(0);
    Shape b = node.shape(1);
    int behind = a.rank() - a.axis(node.integer("axis", 0)) - b.rank();
    if (behind <= 0) {
      return given;
    }
    List<Integer> axes = IntStream.range(0, behind).mapToObj(i -> b.rank() + i).toList();
    return List.of(given.get(0), node.emitStep("axes", new Unsqueeze(axes), given.get(1)));
  }
}
