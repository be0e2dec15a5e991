package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Cast;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.Arrays;
import java.util.List;

/** Between floats, whole numbers and truth values: of what is known at import, or as a mask. */
final class CastOperators {

  private static final int FLOAT = 1;
  private static final int WHOLE = 7;

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Cast", node -> cast(node, node.integer("to", FLOAT)))
              .ofAnyRank()
              .folds(FoldRule.MOVES)
              .writes(Cast.class, (cast, node) -> node.integer("to", FLOAT)),
          OnnxOperator.of("CastLike", CastOperators::readCastLike)
              .since(15)
              .ofAnyRank()
              .folds(FoldRule.MOVES));

  private CastOperators() {}

  /** Between floating-point types nothing changes here: all are float32. */
  private static void cast(NodeCursor node, int to) {
    WholeNumbers integers = node.graph().integers(node.input(0));
    Tensor stored = node.graph().stored(node.input(0));
    switch (to) {
      case 1, 10, 11, 16 -> {
        if (node.graph().isFedWhole(node.input(0))) {
          node.emit(new Cast(), node.inputs(1));
        } else if (integers != null) {
          node.fold(floats(node, integers));
        } else if (stored != null) {
          node.fold(stored);
        } else {
          // No node, which would stand between a product and its bias.
          node.shape(0);
          node.pass();
        }
      }
      case 2, 3, 4, 5, 6, 7, 12, 13 -> {
        if (node.graph().isFedWhole(node.input(0)) && !node.graph().isTruth(node.input(0))) {
          node.pass();
          return;
        }
        node.fold(integers == null ? cut(node, node.constant(0)) : integers);
      }
      case 9 -> {
        if (stored != null && isMask(stored)) {
          node.pass();
        } else if (integers != null || stored != null) {
          node.fold(truth(node, integers == null ? Known.of(stored) : Known.of(integers)));
        } else {
          node.emit(Term.of(node.floats(0)).equal(node.number(0)).not());
        }
      }
      default -> throw new ImportException("casts to type " + to + ", which is not supported");
    }
  }

  private static Tensor floats(NodeCursor node, WholeNumbers integers) {
    node.graph().folding().expectFloats(integers.shape());
    long[] values = integers.known("a cast to float");
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return Tensor.of(integers.shape(), floats);
  }

  /** Whether a stored tensor is what truth values are computed with: 1 and 0 as floats. */
  private static boolean isMask(Tensor stored) {
    return stored.shape().rank() > 0 && stored.allMatch(value -> value == 0 || value == 1);
  }

  private static Known truth(NodeCursor node, Known numbers) {
    node.graph().folding().expectWholeNumbers(numbers.values().length);
    double[] truth = Arrays.stream(numbers.values()).map(value -> value == 0 ? 0 : 1).toArray();
    return Known.whole(numbers.shape(), truth);
  }

  private static WholeNumbers cut(NodeCursor node, Tensor floats) {
    node.graph().folding().expectWholeNumbers(floats.shape().elements());
    float[] values = floats.toArray();
    long[] cut = new long[values.length];
    for (int i = 0; i < cut.length; i++) {
      cut[i] = (long) values[i];
    }
    return WholeNumbers.of(floats.shape(), cut);
  }

  /** To the type of the second input. */
  private static void readCastLike(NodeCursor node) {
    WholeNumbers integers = node.graph().integers(node.input(1));
    cast(node, integers == null ? FLOAT : WHOLE);
  }

  /** Whether a type of ONNX is one of floating-point numbers. */
  static boolean isFloat(int type) {
    return type == FLOAT || type == 10 || type == 11 || type == 16;
  }
}
