package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.GraphAssembler.Lookup;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;

/**
 * Gather of known positions; one of a tensor is a Slice. Where the positions are fed it stays one:
 * an embedding.
 */
final class GatherOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Gather", GatherOperator::read)
              .folds(FoldRule.MOVES)
              .writes(Gather.class, (gather, node) -> node.integer("axis", gather.axis())));

  private GatherOperator() {}

  private static void read(NodeCursor node) {
    if (node.graph().integers(node.input(1)) == null) {
      int along = node.integer("axis", 0);
      if (node.graph().integers(node.input(0)) == null) {
        node.emit(new Gather(along), node.inputs(2));
      } else {
        // Bytes of a quantised embedding: DequantizeLinear, behind it, tells what they stand for.
        Lookup lookup = new Lookup(node.input(0), node.input(1), along);
        node.graph().addLookup(node.output(), lookup);
      }
      return;
    }
    WholeNumbers from = node.graph().integers(node.input(0));
    List<Long> positions = node.integers(1).toLongs("a position");
    Shape picked = node.integers(1).shape();
    if (from != null) {
      pick(node, from, positions, picked);
      return;
    }
    Shape x = node.shape(0);
    int axis = x.axis(node.integer("axis", 0));
    if (isOpen(x.dim(axis)) || picked.elements() != 1 || picked.rank() > 1) {
      String constant = node.emitApart("positions", positions(node, x, axis, picked));
      node.emit(new Gather(axis), List.of(node.input(0), constant));
      return;
    }
    long at = positions.get(0);
    expectWithin(x, axis, positions);
    // To the end where it is the last: -1 + 1 would mean the front.
    long end = at == -1 ? Long.MAX_VALUE : at + 1;
    Slice slice = new Slice(List.of(at), List.of(end), List.of(axis), List.of(1L));
    if (picked.rank() == 1) {
      node.emit(slice, node.first());
    } else {
      String sliced = node.emitStep("slice", slice, node.input(0));
      node.emit(new Squeeze(List.of(axis)), List.of(sliced));
    }
  }

  /** Positions along an axis whose size is open are checked when they are read. */
  private static Constant positions(NodeCursor node, Shape x, int axis, Shape picked) {
    List<Long> positions = node.integers(1).toLongs("a position");
    if (!isOpen(x.dim(axis))) {
      expectWithin(x, axis, positions);
    }
    return new Constant(ElementType.INT64, picked, positions);
  }

  /** Whether a size is known only once a tensor is fed; samples are no positions to pick from. */
  private static boolean isOpen(Size size) {
    return !size.isKnown() && !size.equals(Size.BATCH);
  }

  private static void expectWithin(Shape x, int axis, List<Long> positions) {
    boolean known = x.dim(axis).isKnown();
    for (long position : positions) {
      if (!known || position < -x.size(axis) || position >= x.size(axis)) {
        throw new ImportException(
            "picks position " + position + " along axis " + axis + " of " + x);
      }
    }
  }

  /** {@code y[i…, p…, k…] = x[i…, positions[p…], k…]}. */
  private static void pick(NodeCursor node, WholeNumbers from, List<Long> positions, Shape picked) {
    Shape x = from.shape();
    int axis = x.axis(node.integer("axis", 0));
    int outer = x.elements(0, axis);
    int inner = x.elements(axis + 1, x.rank());
    long made = (long) outer * positions.size() * inner;
    node.graph().folding().expectWholeNumbers(made);
    int[] at = new int[(int) made];
    int next = 0;
    for (int o = 0; o < outer; o++) {
      for (long position : positions) {
        long absolute = position < 0 ? position + x.size(axis) : position;
        if (absolute < 0 || absolute >= x.size(axis)) {
          throw new ImportException("picks position " + position + " of " + x.size(axis));
        }
        for (int i = 0; i < inner; i++) {
          at[next++] = (int) ((o * (long) x.size(axis) + absolute) * inner + i);
        }
      }
    }
    int[] sizes = new int[x.rank() - 1 + picked.rank()];
    System.arraycopy(x.toArray(), 0, sizes, 0, axis);
    System.arraycopy(picked.toArray(), 0, sizes, axis, picked.rank());
    System.arraycopy(x.toArray(), axis + 1, sizes, axis + picked.rank(), x.rank() - 1 - axis);
    node.fold(from.pick(Shape.of(sizes), at));
  }
}
