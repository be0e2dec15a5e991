package dev.graft.importers.onnx.operator;

import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Between numbers and whole numbers, where both are known at import: Cast, Floor, Ceil. */
final class CastOperators {

  private static final int FLOAT = 1;

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Cast", CastOperators::readCast).folds(FoldRule.MOVES),
          OnnxOperator.of("Floor", node -> round(node, Math::floor)),
          OnnxOperator.of("Ceil", node -> round(node, Math::ceil)));

  private CastOperators() {}

  /** Between floating-point types nothing changes here: all are float32. */
  private static void readCast(NodeCursor node) {
    int to = node.integer("to", FLOAT);
    WholeNumbers integers = node.graph().integers(node.input(0));
    Tensor stored = node.graph().stored(node.input(0));
    switch (to) {
      case 1, 10, 11, 16 -> {
        if (integers != null) {
          node.fold(floats(node, integers));
        } else if (stored != null) {
          node.fold(stored);
        } else {
          // No node, which would stand between a product and its bias.
          node.shape(0);
          node.pass();
        }
      }
      case 2, 3, 4, 5, 6, 7, 12, 13 ->
          node.fold(integers == null ? cut(node, node.constant(0)) : integers);
      case 9 -> node.fold(truth(node, integers == null ? cut(node, node.constant(0)) : integers));
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

  private static WholeNumbers truth(NodeCursor node, WholeNumbers numbers) {
    node.graph().folding().expectWholeNumbers(numbers.size());
    long[] truth = numbers.known("a cast to bool").clone();
    for (int i = 0; i < truth.length; i++) {
      truth[i] = truth[i] == 0 ? 0 : 1;
    }
    return WholeNumbers.of(numbers.shape(), truth);
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

  private static void round(NodeCursor node, DoubleUnaryOperator rounding) {
    Tensor x = node.constant(0);
    node.graph().folding().expectFloats(x.shape());
    float[] values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rounding.applyAsDouble(values[i]);
    }
    node.fold(Tensor.of(x.shape(), values));
  }
}
