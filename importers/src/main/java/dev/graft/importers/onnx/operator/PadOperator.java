package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Pad: how much are attributes before opset 11, then inputs. */
final class PadOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Pad", PadOperator::read)
              .folds(FoldRule.FLOATS)
              .writes(
                  Pad.class,
                  pad -> pad.mode() == PadMode.WRAP ? 19 : OnnxOperator.WRITTEN,
                  PadOperator::write));

  private PadOperator() {}

  private static void read(NodeCursor node) {
    String given = node.attributes().text("mode", "constant");
    PadMode mode;
    try {
      mode = PadMode.valueOf(given.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ImportException("has the unknown mode " + given, e);
    }
    List<Integer> pads;
    double value;
    if (node.opset() < 11) {
      pads = node.integers("pads");
      if (pads == null) {
        throw new ImportException("has no pads");
      }
      value = node.attributes().number("value", 0);
    } else {
      pads = node.integers(1).toInts("pads");
      value = node.scalar(2, 0);
    }
    if (node.has(3)) {
      pads = onAllAxes(node, pads, node.integers(3).toInts("axes"));
    }
    node.emit(new Pad(pads, mode, mode == PadMode.CONSTANT ? value : 0), node.first());
  }

  private static List<Integer> onAllAxes(NodeCursor node, List<Integer> given, List<Integer> axes) {
    if (given.size() != 2 * axes.size()) {
      throw new ImportException("pads " + given + " do not match axes " + axes);
    }
    int rank = node.shape(0).rank();
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * rank, 0));
    for (int i = 0; i < axes.size(); i++) {
      int axis = node.shape(0).axis(axes.get(i));
      pads.set(axis, given.get(i));
      pads.set(axis + rank, given.get(i + axes.size()));
    }
    return pads;
  }

  private static void write(Pad pad, NodeWriter node) {
    node.text("mode", pad.mode().name().toLowerCase(Locale.ROOT));
    node.input("pads", pad.pads());
    if (pad.mode() == PadMode.CONSTANT) {
      node.input("value", pad.value());
    }
  }
}
