package dev.graft.importers.onnx;

import com.google.protobuf.ByteString;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.Imported;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.AttributeProto.AttributeType;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An ONNX file put together in memory. */
final class OnnxFile {

  final GraphProto.Builder graph = GraphProto.newBuilder();
  private final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);

  OnnxFile(int opset) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
  }

  /** A float input; a size of -1 is the open batch. */
  OnnxFile input(String name, long... sizes) {
    return input(name, DataType.FLOAT, sizes);
  }

  OnnxFile input(String name, DataType type, long... sizes) {
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(
                        TypeProto.Tensor.newBuilder()
                            .setElemType(type.getNumber())
                            .setShape(shape(sizes)))));
    return this;
  }

  private static TensorShapeProto.Builder shape(long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(size < 0 ? dimension.setDimParam("N") : dimension.setDimValue(size));
    }
    return shape;
  }

  OnnxFile output(String name) {
    graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    return this;
  }

  /** A stored float tensor. */
  OnnxFile floats(String name, List<Long> sizes, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT_VALUE);
    tensor.addAllDims(sizes);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor(tensor);
  }

  /** A stored vector of whole numbers. */
  OnnxFile longs(String name, long... values) {
    return tensor(vector(values).setName(name));
  }

  OnnxFile tensor(TensorProto.Builder tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  static TensorProto.Builder vector(long... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(DataType.INT64_VALUE);
    tensor.addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return tensor;
  }

  static TensorProto.Builder scalar(long value) {
    return vector(value).clearDims();
  }

  /** A node named after its first output; inputs and outputs apart by commas. */
  OnnxFile node(String type, String inputs, String outputs, AttributeProto... attributes) {
    return node(outputs.split(",", -1)[0] + "_node", type, inputs, outputs, attributes);
  }

  OnnxFile node(
      String name, String type, String inputs, String outputs, AttributeProto... attributes) {
    NodeProto.Builder node = NodeProto.newBuilder().setName(name).setOpType(type);
    if (!inputs.isEmpty()) {
      node.addAllInput(List.of(inputs.split(",", -1)));
    }
    node.addAllOutput(List.of(outputs.split(",", -1))).addAllAttribute(List.of(attributes));
    graph.addNode(node);
    return this;
  }

  OnnxFile constant(String name, TensorProto.Builder value) {
    return node("Constant", "", name, attribute("value", AttributeType.TENSOR).setT(value).build());
  }

  static AttributeProto of(String name, long value) {
    return attribute(name, AttributeType.INT).setI(value).build();
  }

  static AttributeProto of(String name, float value) {
    return attribute(name, AttributeType.FLOAT).setF(value).build();
  }

  static AttributeProto of(String name, String value) {
    return attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute = attribute(name, AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  ModelProto proto() {
    return model.setGraph(graph).build();
  }

  byte[] bytes() {
    return proto().toByteArray();
  }

  Imported read() {
    return read(bytes());
  }

  static Imported read(byte[] bytes) {
    try {
      return OnnxReader.read("test.onnx", new ByteArrayInputStream(bytes), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Model model() {
    return read().model();
  }

  /** The only output, for an input that counts 0, 1, 2 … */
  Tensor run(int batch) {
    return run(model(), batch);
  }

  static Tensor run(Model model, int batch) {
    InputSpec input = model.graph().input();
    Tensor fed = counting(input.bind(batch));
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      return session.run(Map.of(input.name(), fed)).get(model.graph().output());
    }
  }

  static Tensor counting(Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(shape, values);
  }
}
