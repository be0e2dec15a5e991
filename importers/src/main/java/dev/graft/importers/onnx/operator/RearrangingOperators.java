package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Split;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Operators that cut, fill up, repeat or rearrange along whole axes. */
final class RearrangingOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Pad", RearrangingOperators::readPad)
              .folds(FoldRule.FLOATS)
              .writes(
                  Pad.class,
                  pad -> pad.mode() == PadMode.WRAP ? 19 : OnnxOperator.WRITTEN,
                  RearrangingOperators::writePad),
          OnnxOperator.of("Split", RearrangingOperators::readSplit)
              .folds(FoldRule.MOVES)
              .writes(Split.class, RearrangingOperators::writeSplit),
          OnnxOperator.of("Expand", RearrangingOperators::readExpand)
              .since(8)
              .folds(FoldRule.MOVES)
              .writes(Expand.class, (op, node) -> node.input("shape", op.sizes())),
          OnnxOperator.of("Tile", RearrangingOperators::readTile).folds(FoldRule.MOVES),
          OnnxOperator.of("DepthToSpace", RearrangingOperators::readDepthToSpace)
              .folds(FoldRule.FLOATS),
          OnnxOperator.of("SpaceToDepth", RearrangingOperators::readSpaceToDepth)
              .folds(FoldRule.FLOATS));

  private RearrangingOperators() {}

  /** Sizes are an attribute before opset 13, then an input; without them all parts are equal. */
  private static void readSplit(NodeCursor node) {
    WholeNumbers whole = node.graph().integers(node.input(0));
    Shape x = whole == null ? node.shape(0) : whole.shape();
    int axis = node.axis("axis", 0);
    List<Integer> sizes =
        node.has(1) ? node.integers(1).toInts("sizes of a Split") : node.integers("split");
    if (sizes == null) {
      sizes = equal(x.dim(x.axis(axis)), node.integer("num_outputs", node.outputs()));
    }
    node.emit(new Split(axis, sizes), node.first(), sizes.size());
  }

  /** Parts of one size, the last of which may be smaller. */
  private static List<Integer> equal(Size whole, int parts) {
    if (!whole.isKnown() || parts < 1 || parts > Math.max(1, whole.known())) {
      throw new ImportException("cuts an axis of " + whole + " into " + parts + " equal parts");
    }
    int size = (int) (whole.known() + parts - 1) / parts;
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(parts - 1, size));
    sizes.add((int) whole.known() - size * (parts - 1));
    return sizes;
  }

  private static void writeSplit(Split split, NodeWriter node) {
    node.integer("axis", split.axis());
    node.input("split", split.sizes());
  }

  /** A size that stays open is the input's own, which 1 keeps. */
  private static void readExpand(NodeCursor node) {
    WholeNumbers whole = node.graph().integers(node.input(0));
    Shape x = whole == null ? node.shape(0) : whole.shape();
    WholeNumbers target = node.integers(1);
    Term repeated = OpenSizes.repeated(node, x, target);
    if (repeated != null) {
      if (OpenSizes.isZero(node.graph().stored(node.input(0)))) {
        node.graph().markZero(node.output());
      }
      node.emit(repeated);
      return;
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      Size size = target.get(i);
      int axis = x.rank() - target.size() + i;
      boolean kept = axis >= 0 && size.equals(x.dim(axis));
      if (!kept && !size.isKnown()) {
        throw new ImportException("expands " + x + " to the open size " + size);
      }
      sizes.add(kept ? 1 : WholeNumbers.toInt(size.known(), "a size"));
    }
    node.emit(new Expand(sizes), node.first());
  }

  /** {@code [a, b] -> [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]}, of sizes that are known. */
  private static void readTile(NodeCursor node) {
    WholeNumbers whole = node.graph().integers(node.input(0));
    Shape x = whole == null ? node.shape(0) : whole.shape();
    List<Integer> times = node.integers(1).toInts("repeats");
    if (times.size() != x.rank()) {
      throw new ImportException("repeats " + x + " by " + times);
    }
    List<Integer> apart = new ArrayList<>();
    List<Integer> repeated = new ArrayList<>();
    List<Integer> joined = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean batch = axis == 0 && !x.dim(0).isKnown() && times.get(0) == 1;
      apart.addAll(batch ? List.of(-1) : List.of(1, x.size(axis)));
      repeated.addAll(batch ? List.of(1) : List.of(times.get(axis), 1));
      joined.add(batch ? 0 : repeated(x.size(axis), times.get(axis)));
    }
    Term wide = Term.of(new Expand(repeated), Term.of(new Reshape(apart), Term.of(node.input(0))));
    node.emit(Term.of(new Reshape(joined), wide));
  }

  private static int repeated(int size, int times) {
    if (times < 0) {
      throw new ImportException("repeats " + size + " elements " + times + " times");
    }
    return WholeNumbers.toInt((long) size * times, "a size of a Tile");
  }

  private static int block(NodeCursor node) {
    int block = node.integer("blocksize", 0);
    if (block < 1 || block > 1 << 10 || node.shape(0).rank() != 4) {
      throw new ImportException("has a block of " + block + " for " + node.shape(0));
    }
    return block;
  }

  private static void readDepthToSpace(NodeCursor node) {
    int b = block(node);
    Shape x = node.shape(0);
    int c = x.size(1) / (b * b);
    boolean depthFirst = node.attributes().text("mode", "DCR").equals("DCR");
    Term blocks =
        depthFirst
            ? node.term(0).reshape(0, b, b, c, x.size(2), x.size(3)).transpose(0, 3, 4, 1, 5, 2)
            : node.term(0).reshape(0, c, b, b, x.size(2), x.size(3)).transpose(0, 1, 4, 2, 5, 3);
    node.emit(blocks.reshape(0, c, x.size(2) * b, x.size(3) * b));
  }

  private static void readSpaceToDepth(NodeCursor node) {
    int b = block(node);
    Shape x = node.shape(0);
    int c = x.size(1);
    int height = x.size(2) / b;
    int width = x.size(3) / b;
    Term blocks = node.term(0).reshape(0, c, height, b, width, b).transpose(0, 3, 5, 1, 2, 4);
    node.emit(blocks.reshape(0, c * b * b, height, width));
  }

  private static void readPad(NodeCursor node) {
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

  private static void writePad(Pad pad, NodeWriter node) {
    node.text("mode", pad.mode().name().toLowerCase(Locale.ROOT));
    node.input("pads", pad.pads());
    if (pad.mode() == PadMode.CONSTANT) {
      node.input("value", pad.value());
    }
  }
}
