package dev.graft.importers.keras.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer as a model's config describes it: its class, its name, and typed views of its settings.
 * Settings have the names of Keras 2 and 3, whichever version wrote them.
 *
 * @param className such as {@code Conv2D}
 * @param name unique within its model
 * @param module where the class is defined, such as {@code keras.layers}; empty where the file does
 *     not say
 * @param settings its own config
 * @param built what Keras 3 tells of the shapes it was built for; missing elsewhere
 * @param calls how it is used in a functional model, in order; none in a sequential one
 * @param origin which Keras wrote it
 */
public record LayerConfig(
    String className,
    String name,
    String module,
    JsonNode settings,
    JsonNode built,
    List<Call> calls,
    Origin origin) {

  public LayerConfig {
    calls = List.copyOf(calls);
  }

  /**
   * Which Keras wrote a file.
   *
   * @param major version: 1, 2 or 3
   * @param backend such as {@code tensorflow} or {@code theano}; empty if the file does not say
   */
  public record Origin(int major, String backend) {}

  /**
   * Whether it is a function of {@code keras.ops} and no layer: classes of both share names. Whole
   * {@code .h5} files do not say where a class is from, but every layer says whether it is trained.
   */
  public boolean isOperation() {
    return module.isEmpty()
        ? origin.major() == 3 && !settings.has("trainable") && !settings.has("batch_shape")
        : module.contains(".ops");
  }

  /** The layer inside a wrapper, such as {@code layer} of TimeDistributed. */
  public @Nullable LayerConfig inner(String setting) {
    JsonNode json = setting(setting);
    return json.isObject() ? ModelParser.layer(json, origin) : null;
  }

  /** The same layer with another value of a setting. */
  public LayerConfig with(String key, JsonNode value) {
    if (!settings.isObject()) {
      throw new ImportException(this + ": its config is no object, but " + brief(settings));
    }
    ObjectNode changed = settings.deepCopy();
    changed.set(key, value);
    return new LayerConfig(className, name, module, changed, built, calls, origin);
  }

  /** Whether its weights are trained; true unless the config says otherwise. */
  public boolean trainable() {
    return bool("trainable", true);
  }

  /** A setting as it stands; missing if absent or null. */
  public JsonNode setting(String key) {
    JsonNode value = settings.get(key);
    return value == null || value.isNull() ? MissingNode.getInstance() : value;
  }

  public boolean has(String key) {
    return !setting(key).isMissingNode();
  }

  public boolean bool(String key, boolean absent) {
    JsonNode value = setting(key);
    return value.isMissingNode() ? absent : value.asBoolean();
  }

  public String text(String key, String absent) {
    JsonNode value = setting(key);
    return value.isMissingNode() ? absent : value.asText();
  }

  /**
   * A setting that is a number.
   *
   * @throws ImportException if it is something else
   */
  public double number(String key, double absent) {
    JsonNode value = setting(key);
    if (value.isMissingNode()) {
      return absent;
    }
    // Keras wrote NumPy numbers as {"type": "ndarray", "value": 0.3} at times.
    JsonNode number = value.isObject() && value.has("value") ? value.get("value") : value;
    if (!number.isNumber()) {
      throw new ImportException(key + " must be a number, found " + brief(value));
    }
    return number.doubleValue();
  }

  /**
   * A setting that is a whole number.
   *
   * @throws ImportException if it is missing or something else
   */
  public int integer(String key) {
    JsonNode value = setting(key);
    if (value.isMissingNode()) {
      throw new ImportException("its config lacks " + key);
    }
    return whole(value, key);
  }

  public int integer(String key, int absent) {
    return has(key) ? integer(key) : absent;
  }

  /**
   * A setting that is one whole number for each of {@code count} axes, or one for all.
   *
   * @throws ImportException if it is something else
   */
  public List<Integer> integers(String key, int count, int absent) {
    JsonNode value = setting(key);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (value.isArray() && value.size() != count) {
        throw new ImportException(
            key + " must be " + count + " whole numbers, found " + brief(value));
      }
      numbers.add(
          value.isMissingNode() ? absent : whole(value.isArray() ? value.get(i) : value, key));
    }
    return numbers;
  }

  /** A list of whole numbers of any length; null if the setting is absent. */
  public @Nullable List<Integer> integers(String key) {
    JsonNode value = setting(key);
    if (value.isMissingNode()) {
      return null;
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode number : value.isArray() ? value : List.of(value)) {
      numbers.add(whole(number, key));
    }
    return numbers;
  }

  /** A number of JSON, which may be written as 3.0, as an int. */
  public static int whole(JsonNode value, String what) {
    if (value.isNumber() && value.doubleValue() == value.intValue()) {
      return value.intValue();
    }
    throw new ImportException(what + " must be a whole number, found " + brief(value));
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  /** Whether channels stand before the spatial axes. */
  public boolean channelsFirst() {
    return text("data_format", "channels_last").equals("channels_first");
  }

  /**
   * The shape that the layer itself says it is fed with, batch first and null where it is open;
   * null if it says nothing.
   */
  public @Nullable JsonNode inputShape() {
    for (String key : List.of("batch_shape", "batch_input_shape")) {
      if (setting(key).isArray()) {
        return setting(key);
      }
    }
    JsonNode shape = built.path("input_shape");
    return shape.isArray() ? shape : null;
  }

  /** For messages: {@code conv1 (Conv2D)}. */
  @Override
  public String toString() {
    return name + " (" + className + ")";
  }
}
