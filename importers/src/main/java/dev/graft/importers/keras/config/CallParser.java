package dev.graft.importers.keras.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code inbound_nodes}, in the form of Keras 1 and 2 and in that of Keras 3. */
final class CallParser {

  /** The mark of a first argument that is no tensor, in Keras 2. */
  private static final String CONSTANT = "_CONSTANT_VALUE";

  private CallParser() {}

  static List<Call> parse(JsonNode inbound) {
    List<Call> calls = new ArrayList<>();
    for (JsonNode node : inbound) {
      calls.add(node.isObject() ? keras3(node) : keras2(node));
    }
    return calls;
  }

  private static Call keras3(JsonNode node) {
    List<Argument> positional = new ArrayList<>();
    for (JsonNode argument : node.path("args")) {
      positional.add(argument(argument));
    }
    return new Call(positional, named(node.path("kwargs")));
  }

  private static Map<String, Argument> named(JsonNode json) {
    Map<String, Argument> named = new LinkedHashMap<>();
    json.properties().forEach(field -> named.put(field.getKey(), argument(field.getValue())));
    return named;
  }

  /** {@code [["layer", 0, 0, {}], …]}; one tensor may also stand alone, without the outer list. */
  private static Call keras2(JsonNode node) {
    boolean alone = node.size() > 0 && node.get(0).isTextual();
    List<Argument> positional = new ArrayList<>();
    Map<String, Argument> named = new LinkedHashMap<>();
    for (JsonNode part : alone ? List.of(node) : node) {
      positional.add(
          part.path(0).asText().equals(CONSTANT)
              ? new Argument.Constant(part.path(2))
              : argument(part));
      named.putAll(named(part.path(3)));
    }
    return new Call(positional, named);
  }

  private static Argument argument(JsonNode json) {
    if (isReference(json)) {
      return new Argument.Reference(reference(json));
    }
    if (json.path("class_name").asText().equals("__keras_tensor__")) {
      return new Argument.Reference(reference(json.path("config").path("keras_history")));
    }
    if (json.isArray() && json.size() > 0) {
      List<Argument> parts = new ArrayList<>();
      json.forEach(part -> parts.add(argument(part)));
      return parts.stream().anyMatch(part -> !(part instanceof Argument.Constant))
          ? new Argument.Several(parts)
          : new Argument.Constant(json);
    }
    return new Argument.Constant(json);
  }

  private static boolean isReference(JsonNode json) {
    return json.isArray()
        && json.size() >= 3
        && json.get(0).isTextual()
        && json.get(1).isInt()
        && json.get(1).intValue() >= 0
        && json.get(2).isInt();
  }

  /** {@code ["layer", 0, 0]}. */
  static TensorRef reference(JsonNode json) {
    if (!isReference(json)) {
      throw new ImportException(
          "the model's config does not say which layer is read, but " + json.toString());
    }
    return new TensorRef(json.get(0).textValue(), json.get(1).intValue(), json.get(2).intValue());
  }
}
