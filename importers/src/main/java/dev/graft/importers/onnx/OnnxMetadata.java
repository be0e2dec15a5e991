package dev.graft.importers.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Preprocessing;
import dev.graft.importers.ImportException;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
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
    List<String> labels = labels(all.remove(LABELS));
    String json = all.remove(PREPROCESSING);
    Preprocessing preprocessing = json == null ? null : PreprocessingJson.read(json);
    String head = all.remove(HEAD);
    all.remove(TRUNK);
    if (!proto.getProducerName().isEmpty()) {
      all.putIfAbsent("producer", proto.getProducerName());
    }
    return new Metadata(labels, preprocessing, head, all);
  }

  private static List<String> labels(@Nullable String json) {
    List<String> labels = new ArrayList<>();
    if (json != null) {
      try {
        JsonNode list = Json.MAPPER.readTree(json);
        if (!list.isArray()) {
          throw new ImportException("its labels are no JSON list");
        }
        for (JsonNode label : list) {
          labels.add(label.asText());
        }
      } catch (JsonProcessingException e) {
        throw new ImportException("its labels are no valid JSON: " + e.getOriginalMessage(), e);
      }
    }
    return labels;
  }

  static String labelsJson(List<String> labels) {
    return Json.MAPPER.valueToTree(labels).toString();
  }
}
