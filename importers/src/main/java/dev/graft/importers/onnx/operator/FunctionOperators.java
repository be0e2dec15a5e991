package dev.graft.importers.onnx.operator;

import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.arithmetic.Atan;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Floor;
import dev.graft.core.op.arithmetic.Sin;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Functions of each element that are seldom met, made of those that have an operation:
 * trigonometry, rounding, activations of few papers.
 */
final class FunctionOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.plain(new Floor(), 1).ofAnyRank(),
          OnnxOperator.plain(new Atan(), 1).ofAnyRank(),
          made("Ceil", (x, node) -> x.negative().floor().negative()),
          made("Round", FunctionOperators::round).since(11),
          made("Sign", FunctionOperators::sign).since(9),
          made("Tan", (x, node) -> Term.of(new Sin(), x).over(Term.of(new Cos(), x))),
          made("Asin", FunctionOperators::arcSine),
          made("Acos", (x, node) -> node.number(Math.PI / 2).minus(arcSine(x, node))),
          made("Sinh", (x, node) -> x.exp().minus(x.negative().exp()).times(node.number(0.5)))
              .since(9),
          made("Cosh", (x, node) -> x.exp().plus(x.negative().exp()).times(node.number(0.5)))
              .since(9),
          made("Asinh", FunctionOperators::areaSine).since(9),
          made("Acosh", (x, node) -> x.plus(x.squared().minus(node.number(1)).sqrt()).log())
              .since(9),
          made("Atanh", FunctionOperators::areaTangent).since(9),
          made("Celu", FunctionOperators::celu).since(12),
          made("ThresholdedRelu", FunctionOperators::thresholdedRelu).since(10),
          made("Shrink", FunctionOperators::shrink).since(9));

  private FunctionOperators() {}

  private static OnnxOperator made(String name, BiFunction<Term, NodeCursor, Term> meaning) {
    return OnnxOperator.of(name, node -> node.emit(meaning.apply(node.term(0), node)))
        .ofAnyRank()
        .folds(FoldRule.FLOATS);
  }

  /** Halves to the even neighbour: {@code 2 floor((f + 1) / 2)} of a half above f, else nearest. */
  private static Term round(Term x, NodeCursor node) {
    Term below = x.floor();
    Term rest = x.minus(below);
    Term half = node.number(0.5);
    Term one = node.number(1);
    Term even = below.plus(one).times(half).floor().times(node.number(2));
    Term up = rest.greater(half).choose(below.plus(one), below);
    return rest.equal(half).choose(even, up);
  }

  /** -1, 0 or 1; NaN stays. */
  private static Term sign(Term x, NodeCursor node) {
    Term zero = node.number(0);
    Term negative = zero.greater(x).choose(node.number(-1), x);
    return x.greater(zero).choose(node.number(1), negative);
  }

  private static Term arcSine(Term x, NodeCursor node) {
    return Term.of(new Atan(), x.over(node.number(1).minus(x.squared()).sqrt()));
  }

  /** Of the magnitude, where nothing cancels, with the sign of x. */
  private static Term areaSine(Term x, NodeCursor node) {
    Term one = node.number(1);
    Term magnitude = x.abs();
    Term area = magnitude.plus(magnitude.squared().plus(one).sqrt()).log();
    return node.number(0).greater(x).choose(area.negative(), area);
  }

  private static Term areaTangent(Term x, NodeCursor node) {
    Term one = node.number(1);
    return one.plus(x).over(one.minus(x)).log().times(node.number(0.5));
  }

  /** {@code alpha elu(x / alpha)}. */
  private static Term celu(Term x, NodeCursor node) {
    double alpha = node.attributes().number("alpha", 1);
    return Term.of(new Elu(1), x.over(node.number(alpha))).times(node.number(alpha));
  }

  private static Term thresholdedRelu(Term x, NodeCursor node) {
    Term alpha = node.number(node.attributes().number("alpha", 1));
    return x.greater(alpha).choose(x, node.number(0));
  }

  private static Term shrink(Term x, NodeCursor node) {
    double lambda = node.attributes().number("lambd", 0.5);
    Term bias = node.number(node.attributes().number("bias", 0));
    Term low = node.number(-lambda).greater(x).choose(x.plus(bias), node.number(0));
    return x.greater(node.number(lambda)).choose(x.minus(bias), low);
  }
}
