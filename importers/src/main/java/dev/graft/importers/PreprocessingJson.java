package dev.graft.importers;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.graph.Preprocessing;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A {@link Preprocessing} as JSON: {@code {"height": 224, "width": 224, "cropFraction": 0.875,
 * "channels": "RGB", "mean": [127.5, …], "deviation": [127.5, …]}}, and {@code "layout":
 * "CHANNELS_LAST"} where they lie so in the input.
 */
public final class PreprocessingJson {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private static final List<String> FIELDS =
      List.of("height", "width", "cropFraction", "channels", "mean", "deviation");

  /** Left out where channels come first. */
  private static final String LAYOUT = "layout";

  private PreprocessingJson() {}

  /** One line of JSON. */
  public static String write(Preprocessing p) {
    ObjectNode json = JSON.createObjectNode();
    json.put("height", p.height());
    json.put("width", p.width());
    json.put("cropFraction", p.cropFraction());
    json.put("channels", p.channels().name());
    ArrayNode mean = json.putArray("mean");
    p.mean().forEach(mean::add);
    ArrayNode deviation = json.putArray("deviation");
    p.deviation().forEach(deviation::add);
    if (p.layout() != Preprocessing.Layout.CHANNELS_FIRST) {
      json.put(LAYOUT, p.layout().name());
    }
    return json.toString();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws ImportException naming the field that is missing, unknown or out of range
   */
  public static Preprocessing read(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ImportException("preprocessing is no valid JSON: " + e.getOriginalMessage(), e);
    }
    if (json == null || !json.isObject()) {
      throw new ImportException("preprocessing must be a JSON object with " + FIELDS);
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name) && !name.equals(LAYOUT)) {
        throw new ImportException(
            "preprocessing has an unknown field " + name + "; known: " + FIELDS);
      }
    }
    String channels = field(json, "channels").asText();
    try {
      return new Preprocessing(
          whole(json, "height"),
          whole(json, "width"),
          number(field(json, "cropFraction"), "cropFraction"),
          Preprocessing.Channels.valueOf(channels),
          numbers(json, "mean"),
          numbers(json, "deviation"),
          layout(json));
    } catch (IllegalArgumentException e) {
      throw new ImportException(
          e.getMessage().startsWith("No enum")
              ? "preprocessing: channels must be RGB, BGR or GRAY, found " + channels
              : e.getMessage(),
          e);
    }
  }

  private static Preprocessing.Layout layout(JsonNode json) {
    String name = json.path(LAYOUT).asText(Preprocessing.Layout.CHANNELS_FIRST.name());
    for (Preprocessing.Layout layout : Preprocessing.Layout.values()) {
      if (layout.name().equals(name)) {
        return layout;
      }
    }
    throw new ImportException(
        "preprocessing: layout must be CHANNELS_FIRST or CHANNELS_LAST, found " + name);
  }

  private static JsonNode field(JsonNode json, String name) {
    JsonNode field = json.get(name);
    if (field == null) {
      throw new ImportException("preprocessing lacks the field " + name);
    }
    return field;
  }

  private static int whole(JsonNode json, String name) {
    JsonNode field = field(json, name);
    if (!field.isIntegralNumber() || !field.canConvertToInt()) {
      throw new ImportException("preprocessing: " + name + " must be a whole number");
    }
    return field.intValue();
  }

  private static double number(JsonNode node, String name) {
    if (!node.isNumber()) {
      throw new ImportException("preprocessing: " + name + " must hold numbers, found " + node);
    }
    return node.doubleValue();
  }

  private static List<Double> numbers(JsonNode json, String name) {
    List<Double> values = new ArrayList<>();
    if (!field(json, name).isArray()) {
      throw new ImportException("preprocessing: " + name + " must be a list of numbers");
    }
    for (JsonNode element : field(json, name)) {
      values.add(number(element, name));
    }
    return values;
  }
}
