package dev.graft.importers.keras.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import java.nio.ByteBuffer;

/**
 * How TensorFlow.js stores the numbers of a weight: {@code scale q + minimum} for each q of the
 * file, where it quantised them to one or two bytes.
 *
 * @param type of the numbers in the file
 */
record StoredFormat(ElementType type, double scale, double minimum) {

  /**
   * What an entry of the manifest says.
   *
   * @throws ImportException if it is no number
   */
  static StoredFormat of(JsonNode weight) {
    JsonNode quantisation = weight.path("quantization");
    if (!quantisation.isObject()) {
      return plain(weight.path("dtype").asText("float32"));
    }
    String type = quantisation.path("dtype").asText();
    return switch (type) {
      case "float16" -> plain(type);
      case "uint8" -> scaled(ElementType.U8, quantisation);
      case "uint16" -> scaled(ElementType.U16, quantisation);
      default -> throw new ImportException("is quantised to " + type + ", which is not supported");
    };
  }

  private static StoredFormat plain(String type) {
    return new StoredFormat(
        switch (type) {
          case "float32" -> ElementType.F32;
          case "float16" -> ElementType.F16;
          case "int32" -> ElementType.I32;
          case "uint8" -> ElementType.U8;
          case "bool" -> ElementType.BOOL;
          default -> throw new ImportException("is of the type " + type + "; expected float32");
        },
        1,
        0);
  }

  private static StoredFormat scaled(ElementType type, JsonNode quantisation) {
    JsonNode scale = quantisation.path("scale");
    JsonNode minimum = quantisation.path("min");
    if (!scale.isNumber() || !minimum.isNumber()) {
      throw new ImportException("is quantised without scale and min");
    }
    return new StoredFormat(type, scale.doubleValue(), minimum.doubleValue());
  }

  /** The next number of {@code bytes}. */
  float next(ByteBuffer bytes) {
    float stored = type.next(bytes);
    return scale == 1 && minimum == 0 ? stored : (float) (stored * scale + minimum);
  }
}
