package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.stream.Stream;

/** Arithmetic on two operands that are broadcast; on shapes too. */
final class ArithmeticOperators {

  static final List<OnnxOperator> ALL =
      Stream.<Op>of(new Add(), new Sub(), new Mul(), new Div())
          .map(op -> OnnxOperator.plain(op, 2).ofAnyRank().folds(FoldRule.ARITHMETIC))
          .toList();

  private ArithmeticOperators() {}
}
