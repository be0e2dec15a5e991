package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Abs;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Floor;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Neg;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.logic.Equal;
import dev.graft.core.op.logic.Greater;
import dev.graft.core.op.logic.Not;
import dev.graft.core.op.logic.Where;
import dev.graft.core.op.reduction.ReduceMax;
import dev.graft.core.op.reduction.ReduceSum;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A formula of operations: what an operator becomes that has no operation of its own. The same term
 * in two places is computed once.
 */
final class Term {

  private final @Nullable String value;
  private final @Nullable Op op;
  private final List<Term> parts;

  private Term(@Nullable String value, @Nullable Op op, List<Term> parts) {
    this.value = value;
    this.op = op;
    this.parts = parts;
  }

  /** A value that is there. */
  static Term of(String value) {
    return new Term(value, null, List.of());
  }

  /** An operation on other terms. */
  static Term of(Op op, Term... parts) {
    return new Term(null, op, List.of(parts));
  }

  /** The value that it is; null where it is computed. */
  @Nullable String value() {
    return value;
  }

  /** What computes it. */
  Op op() {
    return Objects.requireNonNull(op, "a value");
  }

  List<Term> parts() {
    return parts;
  }

  Term plus(Term other) {
    return of(new Add(), this, other);
  }

  Term minus(Term other) {
    return of(new Sub(), this, other);
  }

  Term times(Term other) {
    return of(new Mul(), this, other);
  }

  Term over(Term other) {
    return of(new Div(), this, other);
  }

  Term power(Term other) {
    return of(new Pow(), this, other);
  }

  Term max(Term other) {
    return of(new Max(), this, other);
  }

  Term min(Term other) {
    return of(new Min(), this, other);
  }

  Term greater(Term other) {
    return of(new Greater(), this, other);
  }

  Term equal(Term other) {
    return of(new Equal(), this, other);
  }

  Term not() {
    return of(new Not(), this);
  }

  /** {@code yes} where this is true, else {@code no}. */
  Term choose(Term yes, Term no) {
    return of(new Where(), this, yes, no);
  }

  Term negative() {
    return of(new Neg(), this);
  }

  Term abs() {
    return of(new Abs(), this);
  }

  Term exp() {
    return of(new Exp(), this);
  }

  Term log() {
    return of(new Log(), this);
  }

  Term sqrt() {
    return of(new Sqrt(), this);
  }

  Term floor() {
    return of(new Floor(), this);
  }

  Term squared() {
    return times(this);
  }

  Term sum(List<Integer> axes, boolean keepDims) {
    return of(new ReduceSum(axes, keepDims), this);
  }

  Term largest(List<Integer> axes, boolean keepDims) {
    return of(new ReduceMax(axes, keepDims), this);
  }

  Term matrixProduct(Term other) {
    return of(new MatMul(), this, other);
  }

  Term reshape(Integer... sizes) {
    return of(new Reshape(List.of(sizes)), this);
  }

  Term transpose(Integer... permutation) {
    return of(new Transpose(List.of(permutation)), this);
  }
}
