package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Constant;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.tensor.TensorData;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Operators that make constants: stored tensors and whole numbers from here on. */
final class ConstantOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Constant", ConstantOperators::readConstant)
              .writes(Constant.class, ConstantOperators::writeConstant),
          OnnxOperator.of("ConstantOfShape", ConstantOperators::readConstantOfShape).since(9));

  private ConstantOperators() {}

  private static void readConstant(NodeCursor node) {
    Attributes a = node.attributes();
    List<Long> whole = a.integers("value_ints");
    if (a.has("value")) {
      TensorData data = node.data(a.tensor("value"));
      if (data.isFloat()) {
        node.fold(data.floats());
      } else {
        node.fold(data.longs());
        node.graph().setFileType(node.output(), a.tensor("value").getDataType());
      }
    } else if (a.has("value_float")) {
      node.fold(Tensor.of(Shape.SCALAR, (float) a.number("value_float", 0)));
    } else if (a.has("value_floats")) {
      List<Float> given = a.numbers("value_floats");
      node.graph().folding().expectFloats(Shape.of(given.size()));
      float[] values = new float[given.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = given.get(i);
      }
      node.fold(Tensor.of(Shape.of(values.length), values));
    } else if (a.has("value_int")) {
      node.fold(WholeNumbers.of(Shape.SCALAR, a.integer("value_int", 0)));
    } else if (whole != null) {
      node.graph().folding().expectWholeNumbers(whole.size());
      node.fold(WholeNumbers.vector(whole.stream().mapToLong(Long::longValue).toArray()));
    } else {
      throw new ImportException("holds no number; strings and sparse tensors are not supported");
    }
  }

  private static void writeConstant(Constant constant, NodeWriter node) {
    node.tensor("value", constant.shape(), constant.numbers());
  }

  /** Floats of a shape that depends on what is fed: one number, repeated. */
  private static boolean readOpen(NodeCursor node) {
    float value = 0;
    if (node.attributes().has("value")) {
      TensorData data = node.data(node.attributes().tensor("value"));
      if (!data.isFloat() || data.elements() != 1) {
        return false;
      }
      value = data.floats().toArray()[0];
    }
    WholeNumbers target = node.integers(0);
    Shape one = Shape.of(Collections.nCopies(target.size(), 1));
    Term repeated = OpenSizes.repeated(node, node.term(Tensor.of(one, value)), one, target);
    if (repeated == null) {
      return false;
    }
    if (value == 0) {
      node.graph().markZero(node.output());
    }
    node.emit(repeated);
    return true;
  }

  private static void readConstantOfShape(NodeCursor node) {
    if (node.integers(0).isOpen() && readOpen(node)) {
      return;
    }
    Shape shape = Shape.of(node.integers(0).toInts("the shape of a constant"));
    if (!node.attributes().has("value")) {
      node.fold(node.graph().folding().filled(shape, 0));
      return;
    }
    TensorData data = node.data(node.attributes().tensor("value"));
    if (data.elements() != 1) {
      throw new ImportException("expects one value, found " + data.elements());
    }
    if (data.isFloat()) {
      node.fold(node.graph().folding().filled(shape, data.floats().toArray()[0]));
    } else {
      node.graph().folding().expectWholeNumbers(shape.elements());
      long[] values = new long[shape.elements()];
      Arrays.fill(values, data.longs().known("a constant")[0]);
      node.fold(WholeNumbers.of(shape, values));
    }
  }
}
