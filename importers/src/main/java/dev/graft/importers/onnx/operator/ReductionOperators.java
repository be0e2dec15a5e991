package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.importers.graph.FoldRule;
import java.util.List;

/** Means over axes. */
final class ReductionOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("ReduceMean", ReductionOperators::readMean)
              .folds(FoldRule.FLOATS)
              .writes(ReduceMean.class, ReductionOperators::writeMean));

  private ReductionOperators() {}

  private static void readMean(NodeCursor node) {
    List<Integer> axes = node.axes(1);
    boolean none = axes == null || axes.isEmpty();
    if (none && node.attributes().integer("noop_with_empty_axes", 0) != 0) {
      node.emit(new Identity(), node.first());
      return;
    }
    boolean keep = node.attributes().integer("keepdims", 1) != 0;
    node.emit(new ReduceMean(axes == null ? List.of() : axes, keep), node.first());
  }

  /** Axes are an attribute before opset 18, then an input. */
  private static void writeMean(ReduceMean mean, NodeWriter node) {
    if (!mean.axes().isEmpty() && node.opset() < 18) {
      node.integers("axes", mean.axes());
    } else if (!mean.axes().isEmpty()) {
      node.input("axes", mean.axes());
    }
    node.integer("keepdims", mean.keepDims() ? 1 : 0);
  }
}
