package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that move, join or rename whole axes, of tensors and of whole numbers. */
final class AxisOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Identity", AxisOperators::readIdentity)
              .ofAnyRank()
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
    List<String> given = node.inputs(Integer.MAX_VALUE);
    boolean samples =
        node.graph().opensBatch()
            && node.graph().fileBatch() == 1
            && given.stream().anyMatch(value -> node.graph().sampleAxis(value) == 0);
    List<String> reads =
        samples ? given.stream().map(value -> forEachSample(node, value)).toList() : given;
    node.emit(new Concat(node.integer("axis", 0)), reads);
  }

  /** A token that stands before each sample is stored once. */
  private static String forEachSample(NodeCursor node, String value) {
    if (node.graph().stored(value) == null || !isOneSample(node.graph().shape(value))) {
      return value;
    }
    Term repeated = OpenSizes.forEachSample(node, value);
    return repeated == null ? value : node.emitTerm(repeated);
  }

  private static boolean isOneSample(Shape shape) {
    return shape.rank() > 0 && shape.dim(0).is(1);
  }

  private static void readSqueeze(NodeCursor node) {
    List<Integer> axes = node.axes(1);
    if (node.graph().integers(node.input(0)) != null) {
      node.emit(new Squeeze(axes == null ? List.of() : axes), node.first());
      return;
    }
    // "Every axis of size 1" must not drop the batch whenever it happens to be 1.
    Shape x = node.shape(0);
    List<Integer> dropped =
        axes != null && !axes.isEmpty()
            ? axes.stream().map(x::axis).toList()
            : IntStream.range(0, x.rank()).filter(axis -> x.dim(axis).is(1)).boxed().toList();
    // A batch of 1 that the file drops goes on as the first axis when it is opened.
    boolean first = node.graph().opensBatch() && node.graph().sampleAxis(node.input(0)) == 0;
    boolean one = first && node.graph().fileBatch() == 1;
    boolean drops = one && (axes == null || axes.isEmpty() || dropped.contains(0));
    List<Integer> kept = drops ? dropped.stream().filter(axis -> axis != 0).toList() : dropped;
    boolean asWritten = axes != null && !axes.isEmpty() && !drops;
    node.emit(
        asWritten ? new Squeeze(axes) : kept.isEmpty() ? new Identity() : new Squeeze(kept),
        node.first());
    if (drops) {
      node.graph().dropsBatch(node.output());
    }
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
