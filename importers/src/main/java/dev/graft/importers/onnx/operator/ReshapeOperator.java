package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Reshape;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reshape, whose target must be known but for the batch. */
final class ReshapeOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Reshape", ReshapeOperator::read)
              .folds(FoldRule.MOVES)
              .writes(Reshape.class, (reshape, node) -> node.input("shape", reshape.target())));

  private ReshapeOperator() {}

  private static void read(NodeCursor node) {
    WholeNumbers target = node.integers(1);
    if (target.shape().rank() != 1) {
      throw new ImportException("its target must be a vector, found " + target.shape());
    }
    if (node.attributes().integer("allowzero", 0) != 0 && contains(target, 0)) {
      throw new ImportException("allowzero with a size of 0 is not supported");
    }
    if (node.graph().integers(node.input(0)) != null) {
      node.emit(new Reshape(target.toInts("a Reshape target")), node.first());
      return;
    }
    WholeNumbers from = node.graph().shapeOf(node.input(0));
    boolean one = target.size() > 0 && !target.batch()[0] && target.values()[0] == 1;
    if (node.graph().batchFreed() && one && from.isBatch(0)) {
      // The file fixes the batch to 1 here too; it follows the input now.
      long[] open = target.values().clone();
      open[0] = 0;
      target = new WholeNumbers(target.shape(), open, target.batch());
    }
    node.emit(to(target, from), node.first());
  }

  private static boolean contains(WholeNumbers numbers, long wanted) {
    for (int i = 0; i < numbers.size(); i++) {
      if (numbers.values()[i] == wanted && !numbers.batch()[i]) {
        return true;
      }
    }
    return false;
  }

  /**
   * A reshape whose target may contain the batch: where the input has it at the same axis it is
   * copied, elsewhere inferred.
   */
  static Op to(WholeNumbers target, WholeNumbers from) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      boolean copied = target.isBatch(i) && from.isBatch(i);
      int open = copied ? 0 : -1;
      sizes.add(
          target.batch()[i] ? open : WholeNumbers.toInt(target.values()[i], "a Reshape target"));
    }
    if (Collections.frequency(sizes, -1) > 1) {
      throw new ImportException("the target " + sizes + " leaves two sizes open");
    }
    return new Reshape(sizes);
  }
}
