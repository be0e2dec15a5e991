package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.Argument;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The call of a function where a layer could stand: {@code keras.ops} in Keras 3, {@code tf.…} in
 * Keras 2. What a function is told stands among its arguments, by position or by name, or in its
 * config.
 *
 * @param layer to emit by
 * @param arguments by position
 */
record OperationCall(LayerCursor layer, List<Argument> arguments) {

  static OperationCall of(LayerCursor layer) {
    LayerConfig config = layer.config();
    List<Argument> arguments = new ArrayList<>(layer.call().positional());
    // TensorFlowOpLayer keeps constants by their position.
    for (Map.Entry<String, JsonNode> constant : config.setting("constants").properties()) {
      int at = position(constant.getKey());
      arguments.add(Math.min(at, arguments.size()), new Argument.Constant(constant.getValue()));
    }
    return new OperationCall(layer, arguments);
  }

  private static int position(String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new ImportException("a constant has the position " + key, e);
    }
  }

  /** Argument {@code i}, or the one of the name; null if there is none. */
  private Argument argument(int i, String... names) {
    for (String name : names) {
      Argument named = layer.call().named().get(name);
      if (named != null) {
        return named;
      }
    }
    if (i < arguments.size()) {
      return arguments.get(i);
    }
    throw new ImportException("has no argument " + (names.length == 0 ? i : names[0]));
  }

  /** The tensor that is argument {@code i}; numbers become one. */
  String tensor(int i, String... names) {
    Argument argument = argument(i, names);
    if (argument instanceof Argument.Reference reference) {
      return layer.value(reference.to());
    }
    if (argument instanceof Argument.Constant constant) {
      return layer.constant("argument" + i, constant(constant.value()));
    }
    throw new ImportException("argument " + i + " is a list, expected a tensor");
  }

  private static Tensor constant(JsonNode json) {
    List<Float> numbers = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode level = json; level.isArray(); level = level.path(0)) {
      sizes.add(level.size());
    }
    collect(json, numbers);
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return Tensor.of(Shape.of(sizes), values);
  }

  private static void collect(JsonNode json, List<Float> to) {
    // Keras 3 writes arrays of NumPy as {"class_name": "__numpy__", "config": {"value": …}}.
    JsonNode value = json.isObject() ? json.path("config").path("value") : json;
    if (value.isArray()) {
      value.forEach(part -> collect(part, to));
    } else if (value.isNumber() || value.isBoolean()) {
      to.add(value.isBoolean() ? value.asInt() : value.floatValue());
    } else {
      throw new ImportException("an argument is no number, but " + value);
    }
  }

  /** The tensors of a list, or all that are given one by one. */
  List<String> tensors() {
    return layer.inputs();
  }

  /** What the function is told: by the config, by name, or by position; missing if it is not. */
  JsonNode told(int i, String... names) {
    for (String name : names) {
      if (layer.config().settings().hasNonNull(name)) {
        return layer.config().setting(name);
      }
      JsonNode attribute = layer.config().setting("node_def").path("attr").path(name);
      if (!attribute.isMissingNode()) {
        return attribute;
      }
      Argument named = layer.call().named().get(name);
      if (named != null) {
        return constantOf(named, name);
      }
    }
    return i >= 0 && i < arguments.size()
        ? constantOf(arguments.get(i), names[0])
        : MissingNode.getInstance();
  }

  private static JsonNode constantOf(Argument argument, String name) {
    if (argument instanceof Argument.Constant constant) {
      return constant.value().isNull() ? MissingNode.getInstance() : constant.value();
    }
    throw new ImportException(name + " depends on what is fed, which is not supported");
  }

  /** A list of whole numbers that the function is told. */
  List<Integer> integers(int i, String... names) {
    List<Integer> numbers = new ArrayList<>();
    JsonNode json = told(i, names);
    for (JsonNode number : json.isArray() ? json : List.of(json)) {
      numbers.add(LayerConfig.whole(number, names[0]));
    }
    return numbers;
  }

  int integer(int i, int absent, String... names) {
    JsonNode json = told(i, names);
    return json.isMissingNode() ? absent : LayerConfig.whole(json, names[0]);
  }

  boolean isTold(int i, String... names) {
    return !told(i, names).isMissingNode();
  }
}
