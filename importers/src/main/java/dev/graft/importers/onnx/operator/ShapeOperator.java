package dev.graft.importers.onnx.operator;

import dev.graft.core.tensor.Shape;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;

/** Shape, answered at import; sizes that are open stay unknowns. */
final class ShapeOperator {

  static final List<OnnxOperator> ALL = List.of(OnnxOperator.of("Shape", ShapeOperator::read));

  private ShapeOperator() {}

  private static void read(NodeCursor node) {
    WholeNumbers known = node.graph().integers(node.input(0));
    Shape shape = known == null ? node.shape(0) : known.shape();
    WholeNumbers all = WholeNumbers.of(Shape.of(shape.rank()), shape.dims());
    int rank = all.size();
    int start = clamp(node.attributes().integer("start", 0), rank);
    int end = clamp(node.attributes().integer("end", rank), rank);
    int[] axes = new int[Math.max(0, end - start)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = start + i;
    }
    node.fold(all.pick(Shape.of(axes.length), axes));
  }

  private static int clamp(long position, int rank) {
    long absolute = position < 0 ? position + rank : position;
    return (int) Math.max(0, Math.min(rank, absolute));
  }
}
