package dev.graft.importers.onnx;

import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Operators that cannot be mapped: told all at once, so that nobody exports again for each. */
final class UnsupportedOperators {

  private UnsupportedOperators() {}

  /** Whether operators of this domain are ONNX's own. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /**
   * @throws ImportException naming every operator without a mapping, where it stands, and a remedy
   */
  static void refuse(List<NodeProto> nodes, int opset) {
    TreeMap<String, List<String>> unknown = new TreeMap<>();
    for (NodeProto node : nodes) {
      if (OnnxOperators.of(node.getDomain(), node.getOpType()) == null) {
        String type = OnnxOperators.key(node.getDomain(), node.getOpType());
        unknown.computeIfAbsent(type, k -> new ArrayList<>()).add(NodeOrder.name(node));
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    unknown.forEach(
        (type, names) ->
            parts.add(
                type
                    + " (node "
                    + names.get(0)
                    + (names.size() > 1 ? " and " + (names.size() - 1) + " more" : "")
                    + ")"));
    throw new ImportException(
        "uses operators of opset "
            + opset
            + " that are not supported: "
            + String.join(", ", parts)
            + "; "
            + remedy(unknown.keySet()));
  }

  private static String remedy(Iterable<String> types) {
    for (String type : types) {
      if (type.contains("uantize") || type.contains("QLinear") || type.endsWith("Integer")) {
        return "export the float32 model, before quantisation";
      }
      if (type.equals("If") || type.equals("Loop") || type.equals("Scan")) {
        return "control flow cannot be read: export by tracing, with fixed sizes, or simplify the"
            + " model (python -m onnxsim)";
      }
    }
    return "export again with opset 13 and constant folding (torch.onnx.export(…, opset_version=13,"
        + " do_constant_folding=True)), or simplify the model (python -m onnxsim)";
  }
}
