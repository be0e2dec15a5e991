package dev.graft.importers.use;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Channels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code preprocessor_config.json} of Hugging Face, and {@code id2label} of the {@code config.json}
 * beside it. A picture is resized to {@code size}, cut to {@code crop_size}, multiplied by {@code
 * rescale_factor} and normalised by {@code image_mean} and {@code image_std}; each step can be
 * switched off. Where it is squeezed to a size without a cut, the centre is cut here.
 */
final class HuggingFaceConfig {

  private HuggingFaceConfig() {}

  static List<String> labels(JsonNode config) {
    return SidecarJson.labels(config.path("id2label"));
  }

  static @Nullable Preprocessing preprocessing(JsonNode json) {
    int[] resized = size(json.path("size"));
    boolean cuts = json.path("do_center_crop").asBoolean(json.has("crop_size"));
    int[] cut = cuts ? size(json.path("crop_size")) : resized;
    int[] target = cut == null ? resized : cut;
    if (target == null) {
      return null;
    }
    double crop = json.path("crop_pct").asDouble(1);
    if (resized != null && cut != null && cuts) {
      crop = (double) Math.min(cut[0], cut[1]) / Math.min(resized[0], resized[1]);
    }
    boolean rescales = json.path("do_rescale").asBoolean(true);
    double levels = rescales ? 1 / json.path("rescale_factor").asDouble(1 / SidecarJson.LEVELS) : 1;
    boolean normalizes = json.path("do_normalize").asBoolean(json.has("image_mean"));
    List<Double> mean = normalizes ? SidecarJson.colours(json, "image_mean", levels) : null;
    List<Double> deviation = normalizes ? SidecarJson.colours(json, "image_std", levels) : null;
    return new Preprocessing(
        target[0],
        target[1],
        crop > 0 && crop <= 1 ? crop : 1,
        Channels.RGB,
        mean == null ? List.of(0.0, 0.0, 0.0) : mean,
        deviation == null ? List.of(levels, levels, levels) : deviation);
  }

  /** Height and width of {@code 224}, {@code {"shortest_edge": 224}} or {@code {"height": …}}. */
  private static int @Nullable [] size(JsonNode json) {
    int edge = json.isNumber() ? json.asInt() : json.path("shortest_edge").asInt();
    if (edge > 0) {
      return new int[] {edge, edge};
    }
    int height = json.path("height").asInt();
    int width = json.path("width").asInt();
    return height > 0 && width > 0 ? new int[] {height, width} : null;
  }
}
