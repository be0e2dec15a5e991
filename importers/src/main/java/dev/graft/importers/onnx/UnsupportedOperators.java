package dev.graft.importers.onnx;

import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Operators that cannot be mapped: told all at once, so that nobody exports again for each. */
final class UnsupportedOperators {

  /** What the names of operators on quantised numbers hold. */
  private static final List<String> QUANTISED =
      List.of("uantize", "QLinear", "Integer", "NBits", "Bnb4", "microsoft.Q");

  private UnsupportedOperators() {}

  /**
   * @param functions operators that the model defines itself, as {@link OnnxOperators#key} has them
   * @throws ImportException naming every operator without a mapping, where it stands, and a remedy
   */
  static void refuse(List<NodeProto> nodes, Set<String> functions, int opset) {
    TreeMap<String, List<String>> unknown = new TreeMap<>();
    for (NodeProto node : nodes) {
      String type = OnnxOperators.key(node.getDomain(), node.getOpType());
      if (functions.contains(type)
          || OnnxOperators.of(node.getDomain(), node.getOpType()) == null) {
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
            + " that are not supported yet: "
            + String.join(", ", parts)
            + remedy(unknown.keySet(), functions));
  }

  /** What is known to help; nothing for an operator that is simply not there yet. */
  private static String remedy(Iterable<String> types, Set<String> functions) {
    for (String type : types) {
      if (functions.contains(type)) {
        return "; "
            + type
            + " is a function of the model's own: put its nodes in its place"
            + " (onnx.inliner.inline_local_functions)";
      }
      if (QUANTISED.stream().anyMatch(type::contains)) {
        return "; export the float32 model, before quantisation";
      }
      if (type.equals("If") || type.equals("Loop") || type.equals("Scan")) {
        return "; control flow cannot be read: export by tracing, with fixed sizes";
      }
      if (type.startsWith("com.microsoft.")) {
        return "; ONNX Runtime's optimiser makes such operators: give the model before it was"
            + " optimised";
      }
    }
    return "";
  }
}
