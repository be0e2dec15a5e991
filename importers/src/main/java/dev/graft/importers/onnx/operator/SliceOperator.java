package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Slice;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Slice: what it cuts out are attributes before opset 10, then inputs. */
final class SliceOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Slice", SliceOperator::read)
              .folds(FoldRule.MOVES)
              .writes(Slice.class, SliceOperator::write));

  private SliceOperator() {}

  private static void read(NodeCursor node) {
    boolean listed = node.opset() < 10;
    List<Long> starts =
        listed ? node.attributes().integers("starts") : node.integers(1).toLongs("starts");
    List<Long> ends =
        listed ? node.attributes().integers("ends") : node.integers(2).toLongs("ends");
    if (starts == null || ends == null) {
      throw new ImportException("has no starts or ends");
    }
    List<Integer> axes = listed ? node.integers("axes") : node.axes(3);
    if (axes == null) {
      axes = IntStream.range(0, starts.size()).boxed().toList();
    }
    List<Long> steps =
        node.has(4) ? node.integers(4).toLongs("steps") : Collections.nCopies(starts.size(), 1L);
    node.emit(new Slice(starts, ends, axes, steps), node.first());
  }

  private static void write(Slice slice, NodeWriter node) {
    node.input("starts", slice.starts());
    node.input("ends", slice.ends());
    node.input("axes", slice.axes());
    node.input("steps", slice.steps());
  }
}
