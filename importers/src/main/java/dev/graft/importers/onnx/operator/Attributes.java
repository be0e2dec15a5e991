package dev.graft.importers.onnx.operator;

import com.google.protobuf.ByteString;
import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one ONNX node, by name. */
final class Attributes {

  private final Map<String, AttributeProto> byName = new HashMap<>();

  Attributes(NodeProto node) {
    node.getAttributeList().forEach(a -> byName.put(a.getName(), a));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  long integer(String name, long absent) {
    AttributeProto a = byName.get(name);
    return a == null ? absent : a.getI();
  }

  double number(String name, double absent) {
    AttributeProto a = byName.get(name);
    return a == null ? absent : decimal(a.getF());
  }

  /**
   * The number that a file's float32 stands for: 0.1 rather than 0.10000000149, so that what is
   * written and read again is the same.
   */
  static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  String text(String name, String absent) {
    AttributeProto a = byName.get(name);
    return a == null ? absent : a.getS().toStringUtf8();
  }

  /** The numbers of a list, or null if the attribute is absent. */
  @Nullable List<Long> integers(String name) {
    AttributeProto a = byName.get(name);
    return a == null ? null : a.getIntsList();
  }

  List<Float> numbers(String name) {
    AttributeProto a = byName.get(name);
    return a == null ? List.of() : a.getFloatsList();
  }

  List<String> texts(String name) {
    AttributeProto a = byName.get(name);
    return a == null
        ? List.of()
        : a.getStringsList().stream().map(ByteString::toStringUtf8).toList();
  }

  TensorProto tensor(String name) {
    AttributeProto a = byName.get(name);
    if (a == null || !a.hasT()) {
      throw new ImportException("the attribute " + name + " holds no tensor");
    }
    return a.getT();
  }
}
