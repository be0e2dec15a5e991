package dev.graft.importers.onnx.operator;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.SliceLike;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Slice, from known positions to known ones, or to where an input of the model ends. */
final class SliceOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Slice", SliceOperators::read)
              .folds(FoldRule.MOVES)
              .writes(Op.class, SliceOperators::write));

  private SliceOperators() {}

  private static void read(NodeCursor node) {
    boolean listed = node.opset() < 10;
    List<Long> starts =
        listed ? node.attributes().integers("starts") : node.integers(1).toLongs("starts");
    WholeNumbers open = listed || !node.integers(2).isOpen() ? null : node.integers(2);
    List<Long> ends =
        open != null
            ? List.of()
            : listed ? node.attributes().integers("ends") : node.integers(2).toLongs("ends");
    if (starts == null || ends == null) {
      throw new ImportException("has no starts or ends");
    }
    List<Integer> axes = listed ? node.integers("axes") : node.axes(3);
    if (axes == null) {
      axes = IntStream.range(0, starts.size()).boxed().toList();
    }
    List<Long> steps =
        node.has(4) ? node.integers(4).toLongs("steps") : Collections.nCopies(starts.size(), 1L);
    if (open == null) {
      node.emit(new Slice(starts, ends, axes, steps), node.first());
    } else {
      readOpen(node, open, new Slice(starts, starts, axes, steps));
    }
  }

  /**
   * One axis up to a size that is open, such as the positions of a sequence.
   *
   * @param from what is known of it
   */
  private static void readOpen(NodeCursor node, WholeNumbers ends, Slice from) {
    boolean one = ends.size() == 1 && from.axes().size() == 1;
    if (!one || from.starts().get(0) != 0 || from.steps().get(0) != 1) {
      ends.known("ends");
    }
    Size end = ends.get(0);
    for (InputSpec input : node.graph().inputs()) {
      int axis = input.shape().dims().indexOf(end);
      if (axis >= 0) {
        String x = node.input(0);
        WholeNumbers whole = node.graph().integers(x);
        String read = whole == null ? x : node.emitApart("all", constant(whole));
        node.emit(new SliceLike(from.axes().get(0), axis), List.of(read, input.name()));
        return;
      }
    }
    ends.known("ends");
  }

  private static Constant constant(WholeNumbers whole) {
    return new Constant(ElementType.INT64, whole.shape(), whole.toLongs("a position"));
  }

  private static void write(Op op, NodeWriter node) {
    if (op instanceof SliceLike like) {
      String shape = node.before("Shape", node.read(1));
      String end = node.before("Gather", shape, node.stored("axis", List.of(like.likeAxis())));
      String start = node.stored("starts", List.of(0));
      node.becomes("Slice", node.read(0), start, end, node.stored("axes", List.of(like.axis())));
    } else if (op instanceof Slice slice) {
      node.input("starts", slice.starts());
      node.input("ends", slice.ends());
      node.input("axes", slice.axes());
      node.input("steps", slice.steps());
    }
  }
}
