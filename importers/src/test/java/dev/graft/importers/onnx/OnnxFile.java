package dev.graft.importers.onnx;

import com.google.protobuf.ByteString;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** An ONNX file put together by hand, in any opset, right or wrong. */
final class OnnxFile {

  private final int opset;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private String last = "";

  OnnxFile(int opset) {
    this.opset = opset;
  }

  /** A float input; -1 leaves a size open. */
  OnnxFile input(String name, int... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int size : sizes) {
      TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(size < 0 ? dim.setDimParam("open") : dim.setDimValue(size));
    }
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(shape);
    graph.addInput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(TypeProto.newBuilder().setTensorType(type)));
    return this;
  }

  OnnxFile floats(String name, int[] sizes, float... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    for (int size : sizes) {
      tensor.addDims(size);
    }
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return stored(tensor);
  }

  OnnxFile scalar(String name, float value) {
    return floats(name, new int[0], value);
  }

  OnnxFile longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .addDims(values.length)
            .setDataType(TensorProto.DataType.INT64.getNumber());
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return stored(tensor);
  }

  OnnxFile ints(String name, int... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .addDims(values.length)
            .setDataType(TensorProto.DataType.INT32.getNumber());
    for (int value : values) {
      tensor.addInt32Data(value);
    }
    return stored(tensor);
  }

  OnnxFile stored(TensorProto.Builder tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /** A tensor of any type, given as raw little-endian bytes. */
  OnnxFile raw(String name, TensorProto.DataType type, int count, byte... bytes) {
    return stored(
        TensorProto.newBuilder()
            .setName(name)
            .addDims(count)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes)));
  }

  /** A node without a name; its output is the file's unless another follows. */
  OnnxNode node(String type, String... reads) {
    return named("out" + graph.getNodeCount(), type, reads);
  }

  /** A node whose output has a given name. */
  OnnxNode named(String output, String type, String... reads) {
    NodeProto.Builder node = graph.addNodeBuilder().setOpType(type).addOutput(output);
    for (String read : reads) {
      node.addInput(read);
    }
    last = output;
    return new OnnxNode(node);
  }

  /** The last node's output is the graph's. */
  OnnxFile output() {
    return output(last);
  }

  OnnxFile output(String name) {
    graph.clearOutput().addOutput(ValueInfoProto.newBuilder().setName(name));
    return this;
  }

  /** Changes the types of all inputs. */
  void changeInputs(Consumer<TypeProto.Tensor.Builder> change) {
    graph
        .getInputBuilderList()
        .forEach(input -> change.accept(input.getTypeBuilder().getTensorTypeBuilder()));
  }

  ModelProto proto() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build();
  }

  Path write(Path file) throws IOException {
    return Files.write(file, proto().toByteArray());
  }

  /** The attributes of a node. */
  record OnnxNode(NodeProto.Builder node) {

    OnnxNode integer(String name, long value) {
      node.addAttributeBuilder()
          .setName(name)
          .setI(value)
          .setType(AttributeProto.AttributeType.INT);
      return this;
    }

    OnnxNode number(String name, float value) {
      node.addAttributeBuilder()
          .setName(name)
          .setF(value)
          .setType(AttributeProto.AttributeType.FLOAT);
      return this;
    }

    OnnxNode text(String name, String value) {
      node.addAttributeBuilder()
          .setName(name)
          .setS(ByteString.copyFromUtf8(value))
          .setType(AttributeProto.AttributeType.STRING);
      return this;
    }

    OnnxNode integers(String name, long... values) {
      AttributeProto.Builder attribute =
          node.addAttributeBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
      for (long value : values) {
        attribute.addInts(value);
      }
      return this;
    }

    OnnxNode numbers(String name, float... values) {
      AttributeProto.Builder attribute =
          node.addAttributeBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
      for (float value : values) {
        attribute.addFloats(value);
      }
      return this;
    }

    OnnxNode texts(String name, String... values) {
      AttributeProto.Builder attribute =
          node.addAttributeBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
      for (String value : values) {
        attribute.addStrings(ByteString.copyFromUtf8(value));
      }
      return this;
    }

    OnnxNode tensor(String name, TensorProto.Builder value) {
      node.addAttributeBuilder()
          .setName(name)
          .setT(value)
          .setType(AttributeProto.AttributeType.TENSOR);
      return this;
    }

    OnnxNode called(String name) {
      node.setName(name);
      return this;
    }

    OnnxNode domain(String domain) {
      node.setDomain(domain);
      return this;
    }

    OnnxNode secondOutput(String name) {
      node.addOutput(name);
      return this;
    }
  }
}
