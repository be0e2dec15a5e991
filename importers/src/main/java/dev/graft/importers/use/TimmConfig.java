package dev.graft.importers.use;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Channels;
import java.util.List;

/** {@code config.json} of timm: {@code input_size}, {@code mean}, {@code std}, {@code crop_pct}. */
final class TimmConfig {

  private TimmConfig() {}

  static SaidUse read(JsonNode json) {
    JsonNode config = json.has("pretrained_cfg") ? json.get("pretrained_cfg") : json;
    JsonNode size = config.path("input_size");
    List<Double> mean = SidecarJson.colours(config, "mean", SidecarJson.LEVELS);
    List<Double> deviation = SidecarJson.colours(config, "std", SidecarJson.LEVELS);
    List<String> labels =
        SidecarJson.labels(
            json.has("label_names") ? json.get("label_names") : config.path("label_names"));
    if (size.size() != 3 || mean == null || deviation == null) {
      return new SaidUse(null, labels);
    }
    double crop = config.path("crop_pct").asDouble(0.875);
    return new SaidUse(
        new Preprocessing(
            size.get(1).asInt(),
            size.get(2).asInt(),
            Math.min(1, crop),
            Channels.RGB,
            mean,
            deviation),
        labels);
  }
}
