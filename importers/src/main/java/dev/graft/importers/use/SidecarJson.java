package dev.graft.importers.use;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fields that several of the files beside models have in common. */
final class SidecarJson {

  /** Levels of a picture, where the files count from 0 to 1. */
  static final double LEVELS = 255;

  private SidecarJson() {}

  /** Three numbers, or one for all three, times a factor; null if the field is absent. */
  static @Nullable List<Double> colours(JsonNode json, String name, double factor) {
    JsonNode field = json.get(name);
    if (field == null || field.isNull()) {
      return null;
    }
    List<Double> numbers = new ArrayList<>();
    if (field.isNumber()) {
      numbers.add(factor * field.doubleValue());
    } else {
      field.forEach(number -> numbers.add(factor * number.doubleValue()));
    }
    if (numbers.size() == 1) {
      return List.of(numbers.get(0), numbers.get(0), numbers.get(0));
    }
    if (numbers.size() != 3) {
      throw new ImportException(name + " must hold one or three numbers, found " + field);
    }
    return numbers;
  }

  /** The names of classes {@code {"0": "tench", "1": …}} or {@code ["tench", …]}, in order. */
  static List<String> labels(JsonNode json) {
    List<String> labels = new ArrayList<>();
    if (json.isArray()) {
      json.forEach(label -> labels.add(label.asText()));
      return labels;
    }
    Map<Integer, String> byNumber = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().matches("\\d{1,6}")) {
        byNumber.put(Integer.parseInt(field.getKey()), field.getValue().asText());
      }
    }
    boolean whole = byNumber.size() == json.size() && !byNumber.isEmpty();
    for (int i = 0; whole && i < byNumber.size(); i++) {
      whole = byNumber.containsKey(i);
    }
    return whole ? List.copyOf(byNumber.values()) : List.of();
  }
}
