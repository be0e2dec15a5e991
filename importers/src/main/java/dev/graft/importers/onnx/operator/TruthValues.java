package dev.graft.importers.onnx.operator;

import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which values of a model are truth values in a file: floats in Graft, and of a type of their own
 * in ONNX, so that they are cast where they meet numbers.
 */
public final class TruthValues {

  private final GraphProto.Builder graph;
  private final Set<String> names;
  private final Set<String> truths = new HashSet<>();
  private final Map<String, String> casts = new HashMap<>();

  /**
   * @param graph that is being written
   * @param names of all values; those that are added here join them
   */
  public TruthValues(GraphProto.Builder graph, Set<String> names) {
    this.graph = graph;
    this.names = names;
  }

  /** Whether a value holds truth values. */
  public boolean contains(String value) {
    return truths.contains(value);
  }

  /** What a node reads as its input {@code i}: the value itself, or cast to the type it takes. */
  String read(Node node, int i) {
    String value = node.inputs().get(i);
    Op op = node.op();
    if (value.isEmpty() || op.takesTruth(i) == contains(value) || passesOn(node)) {
      return value;
    }
    DataType type = op.takesTruth(i) ? DataType.BOOL : DataType.FLOAT;
    return casts.computeIfAbsent(value, from -> cast(from, type));
  }

  private String cast(String value, DataType type) {
    String cast = value + "/" + type.name().toLowerCase(Locale.ROOT);
    while (!names.add(cast)) {
      cast += "_";
    }
    graph.addNode(
        NodeProto.newBuilder()
            .setName(cast)
            .setOpType("Cast")
            .addInput(value)
            .addOutput(cast)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(type.getNumber())));
    return cast;
  }

  /** Notes what a node that has been written yields. */
  void wrote(Node node) {
    if (node.op().yieldsTruth() || passesOn(node)) {
      truths.addAll(node.outputs());
    }
  }

  private boolean passesOn(Node node) {
    return node.op().movesElements()
        && !node.inputs().isEmpty()
        && node.inputs().stream().allMatch(this::contains);
  }
}
