package dev.graft.importers.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.ImportException;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.text.TokenizerReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model says of itself, in the {@code metadata_props} of its file. */
final class OnnxMetadata {

  static final String LABELS = "graft.labels";
  static final String PREPROCESSING = "graft.preprocessing";
  static final String HEAD = "graft.head";

  /** The tokenizer, as Hugging Face's tokenizer.json or BERT's vocab.txt. */
  static final String TOKENIZER = "graft.tokenizer";

  /** The longest text in tokens. */
  static final String LENGTH = "graft.length";

  /** Layers and parameters that stay as they are in training. */
  static final String FROZEN = "graft.frozen";

  /** The value where the trunk ends: for other readers, Graft derives it from the head. */
  static final String TRUNK = "graft.trunk";

  /** Made when first needed: Jackson takes a third of the time to read a small model otherwise. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }

  private OnnxMetadata() {}

  static Metadata read(ModelProto proto) {
    Map<String, String> all = new LinkedHashMap<>();
    for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
      all.put(entry.getKey(), entry.getValue());
    }
    List<String> labels = names(all.remove(LABELS), "labels");
    List<String> frozen = names(all.remove(FROZEN), "frozen layers");
    String json = all.remove(PREPROCESSING);
    Preprocessing preprocessing = json == null ? null : PreprocessingJson.read(json);
    TextPreprocessing text = text(all.remove(TOKENIZER), all.remove(LENGTH));
    String head = all.remove(HEAD);
    all.remove(TRUNK);
    if (!proto.getProducerName().isEmpty()) {
      all.putIfAbsent("producer", proto.getProducerName());
    }
    return new Metadata(labels, preprocessing, text, head, frozen, all);
  }

  private static @Nullable TextPreprocessing text(
      @Nullable String definition, @Nullable String length) {
    if (definition == null) {
      return null;
    }
    Tokenizer tokenizer;
    try {
      tokenizer = TokenizerReader.read(definition.getBytes(StandardCharsets.UTF_8));
    } catch (ImportException e) {
      throw new ImportException("its tokenizer: " + e.getMessage(), e);
    }
    if (length == null) {
      return new TextPreprocessing(tokenizer, definition);
    }
    if (!length.matches("[1-9]\\d{0,6}")) {
      throw new ImportException("its longest text: expected a number of tokens, found " + length);
    }
    return new TextPreprocessing(tokenizer.withMaxLength(Integer.parseInt(length)), definition);
  }

  private static List<String> names(@Nullable String json, String what) {
    List<String> names = new ArrayList<>();
    if (json != null) {
      try {
        JsonNode list = Json.MAPPER.readTree(json);
        if (!list.isArray()) {
          throw new ImportException("its " + what + " are no JSON list");
        }
        for (JsonNode name : list) {
          names.add(name.asText());
        }
      } catch (JsonProcessingException e) {
        throw new ImportException(
            "its " + what + " are no valid JSON: " + e.getOriginalMessage(), e);
      }
    }
    return names;
  }

  static String namesJson(List<String> names) {
    return Json.MAPPER.valueToTree(names).toString();
  }
}
