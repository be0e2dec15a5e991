package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Reshape, whose target must be known but for the batch. */
final class ReshapeOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Reshape", ReshapeOperator::read)
              .folds(FoldRule.MOVES)
              .writes(Reshape.class, ReshapeOperator::write));

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
    Shape from = node.shape(0);
    List<Size> sizes = IntStream.range(0, target.size()).mapToObj(target::get).toList();
    int samples = node.graph().sampleAxis(node.input(0));
    node.emit(to(samples < 0 ? sizes : opened(node, sizes, samples), from), node.first());
  }

  /**
   * The target where the batch that the file fixes is opened: the axis that holds it is the one
   * with as many elements before it.
   */
  private static List<Size> opened(NodeCursor node, List<Size> target, int samples) {
    Shape inFile = node.graph().fileShape(node.input(0));
    List<Size> resolved = new ArrayList<>(target);
    Size known = Size.of(1);
    for (int i = 0; i < resolved.size(); i++) {
      if (resolved.get(i).is(0) && i < inFile.rank()) {
        resolved.set(i, inFile.dim(i));
      }
      known = resolved.get(i).is(-1) ? known : known.times(resolved.get(i));
    }
    int rest = resolved.indexOf(Size.of(-1));
    if (rest >= 0 && !known.is(0)) {
      resolved.set(rest, inFile.product(0, inFile.rank()).over(known));
    }
    Size before = inFile.product(0, samples);
    Size passed = Size.of(1);
    for (int i = 0; i < resolved.size(); i++) {
      Size size = resolved.get(i);
      if (passed.equals(before) && size.is(node.graph().fileBatch())) {
        List<Size> opened = new ArrayList<>(i == samples ? target : resolved);
        opened.set(i, i == samples ? Size.of(0) : Size.BATCH);
        return opened;
      }
      passed = passed.times(size);
    }
    if (resolved.contains(Size.BATCH)) {
      return target;
    }
    throw new ImportException(
        "to " + target + " takes the samples apart, " + inFile + " in the file");
  }

  /** A target that is computed is an input already. */
  private static void write(Reshape reshape, NodeWriter node) {
    if (reshape.target() != null) {
      node.input("shape", reshape.target());
    }
  }

  private static boolean contains(WholeNumbers numbers, long wanted) {
    return IntStream.range(0, numbers.size()).anyMatch(i -> numbers.get(i).is(wanted));
  }

  /**
   * A reshape whose target may contain open sizes: where the input has one at the same axis it is
   * copied, elsewhere inferred.
   */
  static Op to(List<Size> target, Shape from) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      Size size = target.get(i);
      boolean copied = i < from.rank() && size.equals(from.dim(i));
      int open = copied ? 0 : -1;
      sizes.add(size.isKnown() ? WholeNumbers.toInt(size.known(), "a Reshape target") : open);
    }
    if (Collections.frequency(sizes, -1) > 1) {
      throw new ImportException("the target " + target + " leaves two sizes open");
    }
    int inferred = sizes.indexOf(-1);
    if (inferred >= 0 && !target.get(inferred).isKnown()) {
      expectFollows(target, from);
    }
    return new Reshape(sizes);
  }

  /** A size that is inferred is what the target says, whatever is open. */
  private static void expectFollows(List<Size> target, Shape from) {
    Size product = Size.of(1);
    for (int i = 0; i < target.size(); i++) {
      boolean kept = target.get(i).is(0) && i < from.rank();
      product = product.times(kept ? from.dim(i) : target.get(i));
    }
    if (!product.equals(from.product(0, from.rank()))) {
      throw new ImportException("the target " + target + " does not follow from " + from);
    }
  }
}
