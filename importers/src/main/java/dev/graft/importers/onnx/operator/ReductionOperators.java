package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.reduction.ReduceMax;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.op.reduction.ReduceSum;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** Sums, means and largest elements over axes, softmax, and what is made of them. */
final class ReductionOperators {

  /** What is made of an operand, the axes, and whether they stay. */
  @FunctionalInterface
  private interface Meaning {
    Term of(Term x, List<Integer> axes, boolean keepDims);
  }

  /** Those that make whole numbers of whole numbers. */
  private static final Set<String> WHOLE =
      Set.of("ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceSumSquare");

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Softmax", node -> readSoftmax(node, Softmax::new))
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Softmax.class, (softmax, node) -> node.integer("axis", softmax.axis())),
          OnnxOperator.of("LogSoftmax", node -> readSoftmax(node, LogSoftmax::new))
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(LogSoftmax.class, (softmax, node) -> node.integer("axis", softmax.axis())),
          direct(ReduceMean.class, 18, ReduceMean::new, ReduceMean::axes, ReduceMean::keepDims),
          direct(ReduceMax.class, 18, ReduceMax::new, ReduceMax::axes, ReduceMax::keepDims),
          direct(ReduceSum.class, 13, ReduceSum::new, ReduceSum::axes, ReduceSum::keepDims),
          made("ReduceMin", (x, axes, keep) -> x.negative().largest(axes, keep).negative()),
          made("ReduceL1", (x, axes, keep) -> x.abs().sum(axes, keep)),
          made("ReduceL2", (x, axes, keep) -> x.squared().sum(axes, keep).sqrt()),
          made("ReduceSumSquare", (x, axes, keep) -> x.squared().sum(axes, keep)),
          made("ReduceLogSum", (x, axes, keep) -> x.sum(axes, keep).log()),
          made("ReduceLogSumExp", ReductionOperators::logSumExp),
          OnnxOperator.of("ArgMax", node -> readPosition(node, x -> x)),
          OnnxOperator.of("ArgMin", node -> readPosition(node, Term::negative)));

  private ReductionOperators() {}

  /** An operator of one operation, whose axes are an input from the opset {@code inputs} on. */
  private static <O extends Op> OnnxOperator direct(
      Class<O> type,
      int inputs,
      BiFunction<List<Integer>, Boolean, O> make,
      Function<O, List<Integer>> axes,
      Function<O, Boolean> keepDims) {
    String name = type.getSimpleName();
    return made(name, (x, over, keep) -> Term.of(make.apply(over, keep), x))
        .writes(
            type,
            (op, node) -> {
              if (!axes.apply(op).isEmpty() && node.opset() < inputs) {
                node.integers("axes", axes.apply(op));
              } else if (!axes.apply(op).isEmpty()) {
                node.input("axes", axes.apply(op));
              }
              node.integer("keepdims", keepDims.apply(op) ? 1 : 0);
            });
  }

  private static OnnxOperator made(String name, Meaning meaning) {
    return OnnxOperator.of(
            name,
            node -> {
              List<Integer> axes = node.axes(1);
              boolean none = axes == null || axes.isEmpty();
              Term x = Term.of(node.input(0));
              if (none && node.attributes().integer("noop_with_empty_axes", 0) != 0) {
                if (!isPlain(name)) {
                  throw new ImportException("reduces no axes, which is not supported for " + name);
                }
                node.emit(new Identity(), node.first());
                return;
              }
              boolean keep = node.attributes().integer("keepdims", 1) != 0;
              node.emit(meaning.of(x, axes == null ? List.of() : axes, keep));
            })
        .folds(WHOLE.contains(name) ? FoldRule.NUMBERS : FoldRule.FLOATS);
  }

  /** Whether an element alone is itself. */
  private static boolean isPlain(String name) {
    return List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin").contains(name);
  }

  /** The largest is taken out first, so that nothing overflows. */
  private static Term logSumExp(Term x, List<Integer> axes, boolean keepDims) {
    Term largest = x.largest(axes, true);
    Term sum = x.minus(largest).exp().sum(axes, keepDims);
    return sum.log().plus(x.largest(axes, keepDims));
  }

  /**
   * The position of the largest element: of the positions where it stands, the first or last. It is
   * a float here, which the report says.
   */
  private static void readPosition(NodeCursor node, UnaryOperator<Term> sign) {
    String floats = node.floats(0);
    Term x = sign.apply(Term.of(floats));
    Shape shape = node.graph().shape(floats);
    int axis = shape.axis(node.integer("axis", 0));
    if (!shape.dim(axis).isKnown()) {
      throw new ImportException("along an axis of open size is not supported");
    }
    int size = shape.size(axis);
    boolean last = node.attributes().integer("select_last_index", 0) != 0;
    boolean keep = node.attributes().integer("keepdims", 1) != 0;
    float[] places = new float[size];
    for (int i = 0; i < size; i++) {
      places[i] = last ? i : size - 1 - i;
    }
    int[] sizes = new int[shape.rank() - axis];
    Arrays.fill(sizes, 1);
    sizes[0] = size;
    Term where = x.equal(x.largest(List.of(axis), true));
    Term place =
        where
            .choose(node.term(Tensor.of(Shape.of(sizes), places)), node.number(-1))
            .largest(List.of(axis), keep);
    node.emit(last ? place : node.number(size - 1).minus(place));
    node.graph().note(node.name() + " yields positions as float32");
  }

  /** Before opset 13 the axes from {@code axis} on count as one: flatten, softmax, and back. */
  private static void readSoftmax(NodeCursor node, IntFunction<Op> op) {
    Shape x = node.shape(0);
    if (node.opset() >= 13) {
      node.emit(op.apply(node.axis("axis", -1)), node.inputs(1));
      return;
    }
    int axis = x.axis(node.axis("axis", 1));
    boolean single = x.product(axis + 1, x.rank()).is(1);
    if (axis == x.rank() - 1 || single) {
      node.emit(op.apply(axis), node.inputs(1));
      return;
    }
    String flat = node.emitStep("flatten", new Flatten(axis), node.input(0));
    String soft = node.emitStep("softmax", op.apply(1), flat);
    node.emit(ReshapeOperator.to(x.dims(), node.graph().shape(soft)), List.of(soft));
  }
}
