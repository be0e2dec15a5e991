package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.logic.And;
import dev.graft.core.op.logic.Equal;
import dev.graft.core.op.logic.Greater;
import dev.graft.core.op.logic.Not;
import dev.graft.core.op.logic.Or;
import dev.graft.core.op.logic.Where;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Comparisons, arithmetic on truth values, and choices by them. */
final class LogicOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          written(pair("Greater", Term::greater), Greater.class),
          written(pair("Equal", Term::equal), Equal.class),
          written(pair("And", (a, b) -> Term.of(new And(), a, b)), And.class),
          written(pair("Or", LogicOperators::or), Or.class),
          written(one("Not", Term::not), Not.class),
          pair("Less", (a, b) -> b.greater(a)).since(7),
          pair("GreaterOrEqual", (a, b) -> or(a.greater(b), a.equal(b))).since(12),
          pair("LessOrEqual", (a, b) -> or(b.greater(a), a.equal(b))).since(12),
          pair("Xor", (a, b) -> a.equal(b).not()),
          one("IsNaN", x -> x.equal(x).not()).since(9),
          OnnxOperator.of("IsInf", LogicOperators::readIsInf)
              .since(10)
              .ofAnyRank()
              .folds(FoldRule.NUMBERS),
          OnnxOperator.of("Where", LogicOperators::readWhere)
              .since(9)
              .ofAnyRank()
              .folds(FoldRule.NUMBERS)
              .writes(Where.class, (op, node) -> {}));

  private LogicOperators() {}

  private static Term or(Term a, Term b) {
    return Term.of(new Or(), a, b);
  }

  private static OnnxOperator pair(String name, BinaryOperator<Term> meaning) {
    return OnnxOperator.of(
            name,
            node -> {
              List<Term> operands = node.operands(2);
              node.emit(meaning.apply(operands.get(0), operands.get(1)));
            })
        .ofAnyRank()
        .folds(FoldRule.NUMBERS);
  }

  private static OnnxOperator one(String name, UnaryOperator<Term> meaning) {
    return OnnxOperator.of(name, node -> node.emit(meaning.apply(node.operands(1).get(0))))
        .ofAnyRank()
        .folds(FoldRule.NUMBERS);
  }

  private static OnnxOperator written(OnnxOperator operator, Class<? extends Op> type) {
    return operator.writes(type, (op, node) -> {});
  }

  private static void readIsInf(NodeCursor node) {
    boolean positive = node.attributes().integer("detect_positive", 1) != 0;
    boolean negative = node.attributes().integer("detect_negative", 1) != 0;
    if (!positive && !negative) {
      throw new ImportException("detects infinities of no sign");
    }
    Term x = node.term(0);
    Term tested = positive && negative ? x.abs() : positive ? x : x.negative();
    node.emit(tested.equal(node.number(Double.POSITIVE_INFINITY)));
  }

  private static void readWhere(NodeCursor node) {
    List<Term> operands = node.operands(3);
    node.emit(operands.get(0).choose(operands.get(1), operands.get(2)));
  }
}
