package dev.graft.importers.keras.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.graft.importers.ImportException;

/** JSON as Python writes it, with its {@code NaN} and {@code Infinity}. */
public final class KerasJson {

  /** The largest of keras.applications has 100,000; each takes up to a hundred bytes of memory. */
  private static final long MOST_TOKENS = 2_000_000;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private KerasJson() {}

  /**
   * Parses a text; Jackson refuses what is nested beyond 1000 levels.
   *
   * @param what it is, for messages
   * @throws ImportException if it is no JSON object
   */
  public static JsonNode parse(String text, String what) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      throw new ImportException(what + " is no valid JSON: " + e.getOriginalMessage(), e);
    }
    throw new ImportException(what + " is no JSON object");
  }
}
