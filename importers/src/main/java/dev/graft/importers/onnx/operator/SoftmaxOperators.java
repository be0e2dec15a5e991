package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.function.IntFunction;

/** Softmax and its logarithm. */
final class SoftmaxOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Softmax", node -> read(node, Softmax::new))
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(Softmax.class, (softmax, node) -> node.integer("axis", softmax.axis())),
          OnnxOperator.of("LogSoftmax", node -> read(node, LogSoftmax::new))
              .ofAnyRank()
              .folds(FoldRule.FLOATS)
              .writes(LogSoftmax.class, (softmax, node) -> node.integer("axis", softmax.axis())));

  private SoftmaxOperators() {}

  /** Before opset 13 the axes from {@code axis} on count as one: flatten, softmax, and back. */
  private static void read(NodeCursor node, IntFunction<Op> op) {
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
