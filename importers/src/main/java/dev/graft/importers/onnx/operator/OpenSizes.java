package dev.graft.importers.onnx.operator;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is repeated as often as an input of the model is long along an open axis: a token for each
 * sample, the first state of a recurrent layer. It is chosen by a condition of that length, between
 * itself and itself.
 */
final class OpenSizes {

  private OpenSizes() {}

  /**
   * {@code x} expanded to sizes of which one is open and not its own; null where none is, or where
   * no input of the model has that size.
   */
  static @Nullable Term repeated(NodeCursor node, Shape x, WholeNumbers target) {
    boolean known = node.graph().integers(node.input(0)) != null;
    return repeated(node, known ? Term.of(node.floats(0)) : node.term(0), x, target);
  }

  /** The same of any term of shape {@code x}. */
  static @Nullable Term repeated(NodeCursor node, Term given, Shape x, WholeNumbers target) {
    int axis = -1;
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      int at = x.rank() - target.size() + i;
      Size size = target.get(i);
      boolean kept = at >= 0 && size.equals(x.dim(at));
      if (!kept && !size.isKnown()) {
        if (axis >= 0) {
          return null;
        }
        axis = i;
      }
      sizes.add(kept || !size.isKnown() ? 1 : WholeNumbers.toInt(size.known(), "a size"));
    }
    Term condition = axis < 0 ? null : condition(node, target.get(axis), axis, target.size());
    if (condition == null) {
      return null;
    }
    Term expanded = Term.of(new Expand(sizes), given);
    return condition.choose(expanded, expanded);
  }

  /** {@code x [1, …]}, or of any size along its first axis, once for each sample. */
  static @Nullable Term forEachSample(NodeCursor node, String x) {
    Shape shape = node.graph().shape(x);
    Term condition = condition(node, Size.BATCH, 0, shape.rank());
    return condition == null ? null : condition.choose(Term.of(x), Term.of(x));
  }

  /** A tensor of the open size along an axis, and 1 along the others; its values say nothing. */
  private static @Nullable Term condition(NodeCursor node, Size size, int axis, int rank) {
    for (InputSpec input : node.graph().inputs()) {
      int at = input.shape().dims().indexOf(size);
      if (at < 0) {
        continue;
      }
      List<Integer> others = new ArrayList<>();
      for (int i = 0; i < input.shape().rank(); i++) {
        if (i != at) {
          others.add(i);
        }
      }
      Term first = Term.of(node.floatsOf(input.name()));
      if (!others.isEmpty()) {
        List<Long> zeros = Collections.nCopies(others.size(), 0L);
        List<Long> ones = Collections.nCopies(others.size(), 1L);
        first = Term.of(new Slice(zeros, ones, others, ones), first);
      }
      List<Integer> shape = new ArrayList<>(Collections.nCopies(rank, 1));
      shape.set(axis, at == axis ? 0 : -1);
      Term line = Term.of(new Reshape(shape), first);
      return line.greater(line);
    }
    return null;
  }

  /** Whether a tensor is one number, many times. */
  static boolean isZero(@Nullable Tensor tensor) {
    return tensor != null && tensor.allMatch(value -> value == 0);
  }
}
