package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that move, join or rename whole axes, of tensors and of whole numbers. */
final class AxisOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Identity", AxisOperators::readIdentity)
              .folds(FoldRule.MOVES)
              .writes(Identity.class, (same, node) -> {}),
          OnnxOperator.of("Flatten", n -> n.emit(new Flatten(n.integer("axis", 1)), n.inputs(1)))
              .folds(FoldRule.MOVES)
              .writes(Flatten.class, (flatten, node) -> node.integer("axis", flatten.axis())),
          OnnxOperator.of("Transpose", AxisOperators::readTranspose)
              .folds(FoldRule.MOVES)
              .writes(Transpose.class, AxisOperators::writeTranspose),
          OnnxOperator.of("Concat", AxisOperators::readConcat)
              .folds(FoldRule.MOVES)
              .writes(Concat.class, (concat, node) -> node.integer("axis", concat.axis())),
          OnnxOperator.of("Squeeze", AxisOperators::readSqueeze)
              .folds(FoldRule.MOVES)
              .writes(Squeeze.class, AxisOperators::writeSqueeze),
          OnnxOperator.of("Unsqueeze", AxisOperators::readUnsqueeze)
              .folds(FoldRule.MOVES)
              .writes(Unsqueeze.class, (unsqueeze, node) -> node.input("axes", unsqueeze.axes())));

  private AxisOperators() {}

  /** An Identity of a stored tensor is how exporters share one; each reader has its own name. */
  private static void readIdentity(NodeCursor node) {
    Tensor stored = node.graph().stored(node.input(0));
    if (stored != null) {
      node.graph().untied(node.output());
      node.fold(stored);
      return;
    }
    node.emit(new Identity(), node.inputs(1));
  }

  private static void readTranspose(NodeCursor node) {
    List<Integer> given = node.integers("perm");
    node.emit(new Transpose(given == null ? List.of() : given), node.inputs(1));
  }

  private static void writeTranspose(Transpose transpose, NodeWriter node) {
    if (!transpose.permutation().isEmpty()) {
      node.integers("perm", transpose.permutation());
    }
  }

  private static void readConcat(NodeCursor node) {
    if (!node.attributes().has("axis")) {
      throw new ImportException("has no axis");
    }
    node.emit(new Concat(node.integer("axis", 0)), node.inputs(Integer.MAX_VALUE));
  }

  private static void readSqueeze(NodeCursor node) {
    List<Integer> axes = node.axes(1);
    if (axes != null && !axes.isEmpty() || node.graph().integers(node.input(0)) != null) {
      node.emit(new Squeeze(axes == null ? List.of() : axes), node.first());
      return;
    }
    // "Every axis of size 1" must not drop the batch whenever it happens to be 1.
    WholeNumbers shape = node.graph().shapeOf(node.input(0));
    if (node.graph().batchFreed() && node.graph().batchAxis(node.input(0)) >= 0) {
      throw new ImportException("drops every axis of size 1, the batch too");
    }
    List<Integer> single =
        IntStream.range(0, shape.size())
            .filter(axis -> shape.values()[axis] == 1 && !shape.batch()[axis])
            .boxed()
            .toList();
    node.emit(single.isEmpty() ? new Identity() : new Squeeze(single), node.first());
  }

  private static void writeSqueeze(Squeeze squeeze, NodeWriter node) {
    if (!squeeze.axes().isEmpty()) {
      node.input("axes", squeeze.axes());
    }
  }

  private static void readUnsqueeze(NodeCursor node) {
    List<Integer> axes = node.axes(1);
    if (axes == null) {
      throw new ImportException("has no axes");
    }
    node.emit(new Unsqueeze(axes), node.first());
  }
}
