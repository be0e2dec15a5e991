package dev.graft.importers.onnx.recorded;

import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.onnx.operator.NodeWriter;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import dev.graft.importers.onnx.tensor.ExternalData;
import dev.graft.importers.onnx.tensor.TensorData;

/**
 * A recorded tensor.
 *
 * @param stored as it was recorded
 * @param tensor its elements
 */
record RecordedTensor(TensorProto stored, Tensor tensor) {

  /** What the conformance suite allows: {@code |a - b| <= ABSOLUTE + RELATIVE |b|}. */
  private static final double RELATIVE = 1e-3;

  private static final double ABSOLUTE = 1e-7;

  /**
   * @throws dev.graft.importers.ImportException if it is of a type that is not read
   */
  static RecordedTensor of(TensorProto proto) {
    ReadAllowance allowance = ReadAllowance.ofFile(proto.getSerializedSize());
    try (ExternalData none = new ExternalData(new ModelFolder(null), allowance)) {
      TensorData data = TensorData.of(proto, none);
      if (data.isFloat()) {
        return new RecordedTensor(proto, data.floats());
      }
      long[] numbers = data.longs().known("a recorded tensor");
      Shape shape = data.longs().shape();
      return new RecordedTensor(proto, Tensor.whole(shape, numbers));
    }
  }

  /** Of floats. */
  static RecordedTensor of(Shape shape, float[] values) {
    Tensor tensor = Tensor.of(shape, values);
    return new RecordedTensor(NodeWriter.tensor("", tensor), tensor);
  }

  boolean isFloat() {
    return tensor.type() == ElementType.FLOAT32;
  }

  Tensor floats() {
    return tensor;
  }

  /** As a tensor that a model stores. */
  TensorProto proto(String name) {
    return stored.toBuilder().setName(name).build();
  }

  /** How {@code found} differs, in this tensor's own type; empty where it does not. */
  String difference(Tensor found) {
    if (!found.shape().equals(tensor.shape())) {
      return "has the shape " + found.shape() + ", recorded is " + tensor.shape();
    }
    int count = tensor.shape().elements();
    for (int i = 0; i < count; i++) {
      double expected = element(tensor, i);
      double actual = element(found, i);
      if (stored.getDataType() == DataType.BFLOAT16_VALUE) {
        actual = bfloat16((float) actual);
      }
      boolean same =
          isFloat()
              ? Double.compare(actual, expected) == 0
                  || Math.abs(actual - expected) <= ABSOLUTE + RELATIVE * Math.abs(expected)
              : actual == expected;
      if (!same) {
        return "has " + actual + " at place " + i + ", recorded is " + expected;
      }
    }
    return "";
  }

  private static double element(Tensor tensor, int i) {
    return tensor.type() == ElementType.FLOAT32
        ? tensor.host().array()[tensor.host().offset() + i]
        : tensor.integers().array()[tensor.integers().offset() + i];
  }

  /** Rounded to nearest, halves to even. */
  private static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000);
  }
}
