package dev.graft.importers.onnx;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** ONNX operators that move elements, on tensors and on whole numbers known at import. */
final class OnnxLayoutOps {

  private OnnxLayoutOps() {}

  static void register(Map<String, OnnxOps.Mapping> table) {
    table.put("Flatten", n -> n.emit(new Flatten(n.integer("axis", 1)), n.inputs(1)));
    table.put("Reshape", OnnxLayoutOps::reshape);
    table.put("Transpose", OnnxLayoutOps::transpose);
    table.put("Squeeze", OnnxLayoutOps::squeeze);
    table.put("Unsqueeze", OnnxLayoutOps::unsqueeze);
    table.put("Slice", OnnxLayoutOps::slice);
    table.put("Pad", OnnxLayoutOps::pad);
  }

  private static void reshape(NodeImport n) {
    IntConstant target = n.integers(1);
    if (target.shape().rank() != 1) {
      throw new ImportException("its target must be a vector, found " + target.shape());
    }
    if (n.attributes().integer("allowzero", 0) != 0 && contains(target, 0)) {
      throw new ImportException("allowzero with a size of 0 is not supported");
    }
    if (n.graph().integers(n.input(0)) != null) {
      n.emit(new Reshape(target.toInts("a Reshape target")), n.first());
      return;
    }
    IntConstant from = n.graph().shapeOf(n.input(0));
    boolean one = target.size() > 0 && !target.batch()[0] && target.values()[0] == 1;
    if (n.graph().batchFreed() && one && from.isBatch(0)) {
      // The file fixes the batch to 1 here too; it follows the input now.
      long[] open = target.values().clone();
      open[0] = 0;
      target = new IntConstant(target.shape(), open, target.batch());
    }
    n.emit(reshapeTo(target, from), n.first());
  }

  private static boolean contains(IntConstant numbers, long wanted) {
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
  static Op reshapeTo(IntConstant target, IntConstant from) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      boolean copied = target.isBatch(i) && from.isBatch(i);
      int open = copied ? 0 : -1;
      sizes.add(
          target.batch()[i] ? open : IntConstant.toInt(target.values()[i], "a Reshape target"));
    }
    if (Collections.frequency(sizes, -1) > 1) {
      throw new ImportException("the target " + sizes + " leaves two sizes open");
    }
    return new Reshape(sizes);
  }

  private static void transpose(NodeImport n) {
    List<Long> given = n.attributes().integers("perm");
    List<Integer> permutation =
        given == null ? List.of() : given.stream().map(v -> IntConstant.toInt(v, "perm")).toList();
    n.emit(new Transpose(permutation), n.inputs(1));
  }

  private static void squeeze(NodeImport n) {
    List<Integer> axes = n.axes(1);
    if (axes != null && !axes.isEmpty() || n.graph().integers(n.input(0)) != null) {
      n.emit(new Squeeze(axes == null ? List.of() : axes), n.first());
      return;
    }
    // "Every axis of size 1" must not drop the batch whenever it happens to be 1.
    IntConstant shape = n.graph().shapeOf(n.input(0));
    if (n.graph().batchFreed() && n.graph().batchAxis(n.input(0)) >= 0) {
      throw new ImportException("drops every axis of size 1, the batch too");
    }
    List<Integer> single =
        IntStream.range(0, shape.size())
            .filter(axis -> shape.values()[axis] == 1 && !shape.batch()[axis])
            .boxed()
            .toList();
    n.emit(single.isEmpty() ? new Identity() : new Squeeze(single), n.first());
  }

  private static void unsqueeze(NodeImport n) {
    List<Integer> axes = n.axes(1);
    if (axes == null) {
      throw new ImportException("has no axes");
    }
    n.emit(new Unsqueeze(axes), n.first());
  }

  private static void slice(NodeImport n) {
    boolean listed = n.opset() < 10;
    List<Long> starts =
        listed ? n.attributes().integers("starts") : n.integers(1).toLongs("starts");
    List<Long> ends = listed ? n.attributes().integers("ends") : n.integers(2).toLongs("ends");
    if (starts == null || ends == null) {
      throw new ImportException("has no starts or ends");
    }
    List<Integer> axes = listed ? n.axes(Integer.MAX_VALUE) : n.axes(3);
    if (axes == null) {
      axes = IntStream.range(0, starts.size()).boxed().toList();
    }
    List<Long> steps =
        n.has(4) ? n.integers(4).toLongs("steps") : Collections.nCopies(starts.size(), 1L);
    n.emit(new Slice(starts, ends, axes, steps), n.first());
  }

  private static void pad(NodeImport n) {
    String mode = n.attributes().text("mode", "constant");
    if (!mode.equals("constant")) {
      throw new ImportException("mode " + mode + " is not supported; constant is");
    }
    int rank = n.shape(0).rank();
    List<Integer> pads;
    double value;
    if (n.opset() < 11) {
      List<Long> given = n.attributes().integers("pads");
      if (given == null) {
        throw new ImportException("has no pads");
      }
      pads = given.stream().map(v -> IntConstant.toInt(v, "pads")).toList();
      value = n.attributes().number("value", 0);
    } else {
      pads = n.integers(1).toInts("pads");
      value = n.scalar(2, 0);
    }
    if (n.has(3)) {
      pads = onAllAxes(n, pads, n.integers(3).toInts("axes"), rank);
    }
    n.emit(new Pad(pads, value), n.first());
  }

  private static List<Integer> onAllAxes(
      NodeImport n, List<Integer> given, List<Integer> axes, int rank) {
    if (given.size() != 2 * axes.size()) {
      throw new ImportException("pads " + given + " do not match axes " + axes);
    }
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * rank, 0));
    for (int i = 0; i < axes.size(); i++) {
      int axis = n.shape(0).axis(axes.get(i));
      pads.set(axis, given.get(i));
      pads.set(axis + rank, given.get(i + axes.size()));
    }
    return pads;
  }
}
