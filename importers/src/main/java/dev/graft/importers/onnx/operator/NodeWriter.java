package dev.graft.importers.onnx.operator;

import com.google.protobuf.ByteString;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.onnx.operator.OnnxOperator.Written;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One node on its way into an ONNX file: a place for the operator's attributes and inputs. */
public final class NodeWriter {

  private final GraphProto.Builder graph;
  private final Set<String> names;
  private final int opset;
  private final Node node;
  private final NodeProto.Builder proto = NodeProto.newBuilder();

  private NodeWriter(GraphProto.Builder graph, Set<String> names, int opset, Node node) {
    this.graph = graph;
    this.names = names;
    this.opset = opset;
    this.node = node;
  }

  /**
   * The oldest opset, from 13 on, that has this operation.
   *
   * @throws ExportException if ONNX has no operator for it, as for a loss
   */
  public static int opset(Node node) {
    return written(node).opset(node.op());
  }

  /**
   * Adds a node to a file.
   *
   * @param names of all values; those that are added here join them
   * @param truths which values are of ONNX's type for truth values
   * @param opset at least what {@link #opset(Node)} says for each node
   * @throws ExportException if ONNX has no operator for it, as for a loss
   */
  public static void add(
      GraphProto.Builder graph, Set<String> names, TruthValues truths, int opset, Node node) {
    NodeWriter writer = new NodeWriter(graph, names, opset, node);
    writer.proto.setName(node.name()).setOpType(node.op().type());
    for (int i = 0; i < node.inputs().size(); i++) {
      writer.proto.addInput(truths.read(node, i));
    }
    written(node).write(node.op(), writer);
    writer.proto.addAllOutput(node.outputs());
    graph.addNode(writer.proto);
    truths.wrote(node);
  }

  private static Written<?> written(Node node) {
    Written<?> written = OnnxOperators.writing(node.op());
    if (written == null) {
      throw unwritable(node, "");
    }
    return written;
  }

  private static ExportException unwritable(Node node, String state) {
    Op op = node.op();
    return new ExportException(
        node.name() + ": " + op.type() + state + " has no place in an ONNX file");
  }

  /** What an operation in training is refused with. */
  ExportException inTraining() {
    return unwritable(node, " in training");
  }

  int opset() {
    return opset;
  }

  void integer(String name, long value) {
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.INT)
            .setI(value));
  }

  void number(String name, double value) {
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF((float) value));
  }

  void integers(String name, List<Integer> values) {
    proto.addAttribute(listed(name, values));
  }

  private static AttributeProto.Builder listed(String name, List<Integer> values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    values.forEach(attribute::addInts);
    return attribute;
  }

  void numbers(String name, List<Double> values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
    values.forEach(value -> attribute.addFloats(value.floatValue()));
    proto.addAttribute(attribute);
  }

  void texts(String name, List<String> values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
    values.forEach(value -> attribute.addStrings(ByteString.copyFromUtf8(value)));
    proto.addAttribute(attribute);
  }

  void text(String name, String value) {
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.STRING)
            .setS(ByteString.copyFromUtf8(value)));
  }

  /** A tensor of whole numbers as an attribute. */
  void tensor(String name, Shape shape, List<Long> values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(TensorProto.DataType.INT64.getNumber());
    for (int size : shape.toArray()) {
      tensor.addDims(size);
    }
    values.forEach(tensor::addInt64Data);
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor));
  }

  /** An optional input that is left out before others. */
  void noInput() {
    proto.addInput("");
  }

  /** The name of input {@code i} in the file. */
  String read(int i) {
    return proto.getInput(i);
  }

  /** Adds a node without attributes before this one; returns the value that it computes. */
  String before(String operator, String... inputs) {
    return before(NodeProto.newBuilder().setOpType(operator), inputs);
  }

  /** Adds a Transpose before this node; returns the value that it computes. */
  String transposed(List<Integer> permutation, String input) {
    NodeProto.Builder transpose = NodeProto.newBuilder().setOpType("Transpose");
    return before(transpose.addAttribute(listed("perm", permutation)), input);
  }

  private String before(NodeProto.Builder added, String... inputs) {
    String name = unique(added.getOpType().toLowerCase(Locale.ROOT));
    graph.addNode(added.setName(name).addAllInput(List.of(inputs)).addOutput(name));
    return name;
  }

  /** Makes this node one of another operator, on other inputs. */
  void becomes(String operator, String... inputs) {
    proto.setOpType(operator).clearInput().addAllInput(List.of(inputs));
  }

  /** Stores a vector of whole numbers; returns its name. */
  String stored(String name, Collection<? extends Number> values) {
    String stored = unique(name);
    graph.addInitializer(whole(stored, values));
    return stored;
  }

  /** Stores a number; returns its name. */
  String stored(String name, double value) {
    String stored = unique(name);
    graph.addInitializer(tensor(stored, Tensor.of(Shape.SCALAR, (float) value)));
    return stored;
  }

  /** Whether the operation has input {@code i}. */
  boolean has(int i) {
    return i < node.inputs().size() && !node.inputs().get(i).isEmpty();
  }

  /**
   * Fills up the rows of a stored matrix with zeros.
   *
   * @throws ExportException if input {@code i} is computed
   */
  void pad(int i, int columns) {
    TensorProto.Builder stored =
        graph.getInitializerBuilderList().stream()
            .filter(tensor -> tensor.getName().equals(node.inputs().get(i)))
            .findFirst()
            .orElseThrow(
                () ->
                    new ExportException(
                        node.name() + ": its input " + i + " is computed; a file must store it"));
    int rows = (int) stored.getDims(0);
    int bytes = (int) stored.getDims(1) * Float.BYTES;
    ByteBuffer padded = ByteBuffer.allocate(rows * columns * Float.BYTES);
    for (int row = 0; row < rows; row++) {
      ByteString part = stored.getRawData().substring(row * bytes, (row + 1) * bytes);
      part.copyTo(padded.array(), row * columns * Float.BYTES);
    }
    stored.setRawData(ByteString.copyFrom(padded)).setDims(1, columns);
  }

  private String unique(String name) {
    String wanted = node.name() + "/" + name;
    while (!names.add(wanted)) {
      wanted += "_";
    }
    return wanted;
  }

  /** A further input that holds one number. */
  void input(String name, double value) {
    proto.addInput(stored(name, value));
  }

  /** A further input that holds whole numbers. */
  void input(String name, Collection<? extends Number> values) {
    proto.addInput(stored(name, values));
  }

  private static TensorProto.Builder whole(String name, Collection<? extends Number> values) {
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(v -> raw.putLong(v.longValue()));
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.INT64.getNumber())
        .addDims(values.size())
        .setRawData(ByteString.copyFrom(raw.flip()));
  }

  /** A further input that holds a vector of numbers. */
  void floats(String name, List<Double> values) {
    String input = unique(name);
    proto.addInput(input);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    graph.addInitializer(tensor(input, Tensor.of(Shape.of(floats.length), floats)));
  }

  /** A stored float tensor, raw and little-endian. */
  public static TensorProto tensor(String name, Tensor tensor) {
    float[] values = tensor.toArray();
    ByteBuffer raw =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(raw));
    for (int size : tensor.shape().toArray()) {
      proto.addDims(size);
    }
    return proto.build();
  }
}
