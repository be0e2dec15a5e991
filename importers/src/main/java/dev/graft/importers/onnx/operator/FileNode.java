package dev.graft.importers.onnx.operator;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import dev.graft.importers.onnx.tensor.TensorData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node of a file says: its inputs, their shapes and known contents, its attributes. */
class FileNode {

  private final GraphAssembler graph;
  private final NodeProto proto;
  private final Attributes attributes;
  private final int opset;
  private final ExternalData external;
  private final String name;

  FileNode(GraphAssembler graph, NodeProto proto, int opset, ExternalData external, String name) {
    this.graph = graph;
    this.proto = proto;
    this.attributes = new Attributes(proto);
    this.opset = opset;
    this.external = external;
    this.name = name;
  }

  final GraphAssembler graph() {
    return graph;
  }

  final NodeProto proto() {
    return proto;
  }

  final Attributes attributes() {
    return attributes;
  }

  final String name() {
    return name;
  }

  final int opset() {
    return opset;
  }

  final boolean isLacking(String value) {
    return graph.opensBatch() && graph.integers(value) == null && graph.lacksBatch(value);
  }

  /** The contents of a tensor that stands in an attribute. */
  final TensorData data(TensorProto tensor) {
    return TensorData.of(tensor, external);
  }

  /** Whether input {@code i} is given; optional ones may be left out or named "". */
  final boolean has(int i) {
    return i < proto.getInputCount() && !proto.getInput(i).isEmpty();
  }

  final String input(int i) {
    if (!has(i)) {
      throw new ImportException("input " + i + " is missing");
    }
    return graph.canonical(proto.getInput(i));
  }

  /** Whether input {@code i} holds truth values, known or computed. */
  final boolean isTruth(int i) {
    String value = input(i);
    return graph.integers(value) != null || graph.isTruth(value);
  }

  /**
   * The inputs up to {@code most}, without trailing absent ones.
   *
   * @throws ImportException if one is absent before another, or there are more
   */
  final List<String> inputs(int most) {
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

  /**
   * The inputs, the empty name for one that is absent.
   *
   * @throws ImportException if there are more than {@code most}
   */
  final List<String> optionalInputs(int most) {
    List<String> given = new ArrayList<>();
    for (int i = 0; i < proto.getInputCount(); i++) {
      if (has(i) && i >= most) {
        throw new ImportException("has more inputs than " + most);
      }
      given.add(has(i) ? input(i) : "");
    }
    return given;
  }

  /** The first of several inputs, where the others become attributes. */
  final List<String> first() {
    return List.of(input(0));
  }

  final String output() {
    return output(0);
  }

  final String output(int i) {
    if (!hasOutput(i)) {
      throw new ImportException(i == 0 ? "has no output" : "has no output " + i);
    }
    return proto.getOutput(i);
  }

  /** How many outputs the file names, or leaves out before others. */
  final int outputs() {
    return proto.getOutputCount();
  }

  /** Whether output {@code i} has a name. */
  final boolean hasOutput(int i) {
    return i < proto.getOutputCount() && !proto.getOutput(i).isEmpty();
  }

  final Shape shape(int i) {
    return graph.shape(input(i));
  }

  /**
   * The shape of an input of which single sizes are asked for before an operation has checked it.
   *
   * @throws ImportException if it has another number of axes
   */
  final Shape shape(int i, int rank) {
    Shape shape = shape(i);
    if (shape.rank() != rank) {
      throw new ImportException(
          "input " + (i + 1) + " is " + shape + ", expected " + rank + " axes");
    }
    return shape;
  }

  /** Input {@code i} as whole numbers known at import. */
  final WholeNumbers integers(int i) {
    WholeNumbers value = graph.integers(input(i));
    if (value == null) {
      throw notConstant(i);
    }
    return value;
  }

  /** Input {@code i} as a stored float tensor. */
  final Tensor constant(int i) {
    Tensor tensor = graph.stored(input(i));
    if (tensor == null) {
      throw notConstant(i);
    }
    return tensor;
  }

  private ImportException notConstant(int i) {
    return new ImportException(
        "input "
            + i
            + " ("
            + input(i)
            + ") depends on what is fed; it must be constant, anything else is not supported yet");
  }

  /** Input {@code i}, whose elements must be known. */
  final Known known(int i) {
    WholeNumbers numbers = graph.integers(input(i));
    return numbers != null ? Known.of(numbers) : Known.of(constant(i));
  }

  /** Input {@code i} as a single stored number, or {@code absent}. */
  final double scalar(int i, double absent) {
    if (!has(i)) {
      return absent;
    }
    WholeNumbers whole = graph.integers(input(i));
    if (whole != null && whole.size() == 1) {
      return whole.toLongs("input " + i).get(0);
    }
    Tensor tensor = constant(i);
    if (tensor.shape().elements() != 1) {
      throw new ImportException("input " + i + " must be one number, found " + tensor.shape());
    }
    return Attributes.decimal(tensor.toArray()[0]);
  }

  /** Axes from input {@code i} where given, else from the attribute; null if neither. */
  final @Nullable List<Integer> axes(int i) {
    return has(i) ? integers(i).toInts("axes") : integers("axes");
  }

  /** A whole-number attribute as an int. */
  final int integer(String attribute, int absent) {
    return WholeNumbers.toInt(attributes.integer(attribute, absent), attribute);
  }

  /**
   * An axis of input 0. Where the file has dropped the batch and it is still there, the axis is
   * counted from the last, which comes to the same.
   */
  final int axis(String attribute, int absent) {
    int axis = integer(attribute, absent);
    return axis >= 0 && isLacking(input(0)) ? axis - graph.fileShape(input(0)).rank() : axis;
  }

  /** A list attribute as ints; null if it is absent. */
  final @Nullable List<Integer> integers(String attribute) {
    List<Long> listed = attributes.integers(attribute);
    return listed == null
        ? null
        : listed.stream().map(v -> WholeNumbers.toInt(v, attribute)).toList();
  }
}
