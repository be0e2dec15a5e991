package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;
import java.util.function.IntFunction;

/** Softmax and its logarithm. */
final class SoftmaxOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Softmax", node -> read(node, Softmax::new))
              .folds(FoldRule.FLOATS)
              .writes(Softmax.class, (softmax, node) -> node.integer("axis", softmax.axis())),
          OnnxOperator.of("LogSoftmax", node -> read(node, LogSoftmax::new))
              .folds(FoldRule.FLOATS)
              .writes(LogSoftmax.class, (softmax, node) -> node.integer("axis", softmax.axis())));

  private SoftmaxOperators() {}

  /** Before opset 13 the axes from {@code axis} on count as one: flatten, softmax, and back. */
  private static void read(NodeCursor node, IntFunction<Op> op) {
    Shape x = node.shape(0);
    if (node.opset() >= 13) {
      node.emit(op.apply(node.integer("axis", -1)), node.inputs(1));
      return;
    }
    int axis = x.axis(node.integer("axis", 1));
    boolean single = x.elements(axis + 1, x.rank()) == 1;
    if (axis == x.rank() - 1 || single) {
      node.emit(op.apply(axis), node.inputs(1));
      return;
    }
    String flat = node.emitStep("flatten", new Flatten(axis), node.input(0));
    String soft = node.emitStep("softmax", op.apply(1), flat);
    WholeNumbers shape = node.graph().shapeOf(node.input(0));
    node.emit(ReshapeOperator.to(shape, node.graph().shapeOf(soft)), List.of(soft));
  }
}
