package dev.graft.importers.onnx;

import dev.graft.core.op.Op;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One ONNX node on its way into a {@link GraphImport}: what a mapping reads and writes. */
final class NodeImport {

  private final GraphImport graph;
  private final NodeProto proto;
  private final Attributes attributes;
  private final int opset;
  private final ExternalData external;
  private final String name;
  private boolean mapped;

  NodeImport(GraphImport graph, NodeProto proto, int opset, ExternalData external, String name) {
    this.graph = graph;
    this.proto = proto;
    this.attributes = new Attributes(proto);
    this.opset = opset;
    this.external = external;
    this.name = name;
  }

  GraphImport graph() {
    return graph;
  }

  Attributes attributes() {
    return attributes;
  }

  String name() {
    return name;
  }

  String type() {
    return proto.getOpType();
  }

  int opset() {
    return opset;
  }

  ExternalData external() {
    return external;
  }

  boolean isMapped() {
    return mapped;
  }

  /** Whether input {@code i} is given; optional ones may be left out or named "". */
  boolean has(int i) {
    return i < proto.getInputCount() && !proto.getInput(i).isEmpty();
  }

  /** Number of inputs that are listed, given or not. */
  int inputCount() {
    return proto.getInputCount();
  }

  String input(int i) {
    if (!has(i)) {
      throw new ImportException("input " + i + " is missing");
    }
    return proto.getInput(i);
  }

  /**
   * The inputs up to {@code most}, without trailing absent ones.
   *
   * @throws ImportException if one is absent before another, or there are more
   */
  List<String> inputs(int most) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < proto.getInputCount(); i++) {
      if (has(i) && (i >= most || given.size() < i)) {
        throw new ImportException(
            i >= most ? "has more inputs than " + most : "input " + given.size() + " is missing");
      }
      if (has(i)) {
        given.add(input(i));
      }
    }
    return given;
  }

  /** The first of several inputs, where the others become attributes. */
  List<String> first() {
    return List.of(input(0));
  }

  String output() {
    if (proto.getOutputCount() == 0 || proto.getOutput(0).isEmpty()) {
      throw new ImportException("has no output");
    }
    return proto.getOutput(0);
  }

  Shape shape(int i) {
    return graph.shape(input(i));
  }

  /** Input {@code i} as whole numbers known at import. */
  IntConstant integers(int i) {
    IntConstant value = graph.integers(input(i));
    if (value == null) {
      throw new ImportException(
          "input " + i + " (" + input(i) + ") must be constant; export with constant folding");
    }
    return value;
  }

  /** Input {@code i} as a stored float tensor. */
  Tensor constant(int i) {
    Tensor tensor = graph.stored(input(i));
    if (tensor == null) {
      throw new ImportException(
          "input " + i + " (" + input(i) + ") must be constant; export with constant folding");
    }
    return tensor;
  }

  /** Input {@code i} as a single stored number, or {@code absent}. */
  double scalar(int i, double absent) {
    if (!has(i)) {
      return absent;
    }
    IntConstant whole = graph.integers(input(i));
    if (whole != null && whole.size() == 1) {
      return whole.toLongs("input " + i).get(0);
    }
    Tensor tensor = constant(i);
    if (tensor.shape().elements() != 1) {
      throw new ImportException("input " + i + " must be one number, found " + tensor.shape());
    }
    return tensor.toArray()[0];
  }

  /** Axes from input {@code i} where given, else from the attribute; null if neither. */
  @Nullable List<Integer> axes(int i) {
    if (has(i)) {
      return integers(i).toInts("axes");
    }
    List<Long> listed = attributes.integers("axes");
    return listed == null ? null : listed.stream().map(v -> IntConstant.toInt(v, "axes")).toList();
  }

  /** A whole-number attribute as an int. */
  int integer(String attribute, int absent) {
    return IntConstant.toInt(attributes.integer(attribute, absent), attribute);
  }

  /** Maps this node to one operation on the given inputs. */
  void emit(Op op, List<String> reads) {
    mapped |= graph.emit(name, op, reads, output());
  }

  /** Adds a step of a node that takes several operations; returns the value it computes. */
  String emitStep(String suffix, Op op, String read) {
    String value = output() + "/" + suffix;
    mapped |= graph.emit(name + "/" + suffix, op, List.of(read), value);
    return value;
  }

  /** This node is whole numbers known at import. */
  void fold(IntConstant value) {
    graph.addIntegers(output(), value);
  }

  /** This node is a float constant. */
  void fold(Tensor value) {
    graph.addStored(output(), value);
  }

  /** Only the first output is computed; whatever reads another is told so. */
  void refuseOtherOutputs() {
    for (int i = 1; i < proto.getOutputCount(); i++) {
      if (!proto.getOutput(i).isEmpty()) {
        graph.addUnavailable(
            proto.getOutput(i),
            "output " + (i + 1) + " of " + type() + " " + name + ", which is not supported");
      }
    }
  }
}
