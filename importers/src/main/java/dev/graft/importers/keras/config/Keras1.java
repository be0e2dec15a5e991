package dev.graft.importers.keras.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The words of Keras 1, put into those of Keras 2. */
final class Keras1 {

  private static final Map<String, String> CLASSES =
      Map.ofEntries(
          Map.entry("Convolution1D", "Conv1D"),
          Map.entry("Convolution2D", "Conv2D"),
          Map.entry("Convolution3D", "Conv3D"),
          Map.entry("AtrousConvolution1D", "Conv1D"),
          Map.entry("AtrousConvolution2D", "Conv2D"),
          Map.entry("Deconvolution2D", "Conv2DTranspose"),
          Map.entry("SeparableConvolution2D", "SeparableConv2D"));

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("output_dim", "units"),
          Map.entry("nb_filter", "filters"),
          Map.entry("border_mode", "padding"),
          Map.entry("subsample", "strides"),
          Map.entry("subsample_length", "strides"),
          Map.entry("filter_length", "kernel_size"),
          Map.entry("bias", "use_bias"),
          Map.entry("atrous_rate", "dilation_rate"),
          Map.entry("pool_length", "pool_size"),
          Map.entry("stride", "strides"),
          Map.entry("p", "rate"),
          Map.entry("mode", "merge"),
          Map.entry("inner_activation", "recurrent_activation"),
          Map.entry("dropout_W", "dropout"),
          Map.entry("dropout_U", "recurrent_dropout"));

  private Keras1() {}

  static LayerConfig renamed(LayerConfig old) {
    if (!old.settings().isObject() || ModelParser.isModel(old)) {
      return old;
    }
    ObjectNode settings = old.settings().deepCopy();
    // A layer of Keras 1 keeps its own word where that is one of Keras 2 with the same meaning.
    List<String> keys = List.copyOf(SETTINGS.keySet());
    keys.forEach(
        key -> {
          JsonNode value = settings.get(key);
          if (value != null && !settings.has(SETTINGS.get(key))) {
            settings.set(SETTINGS.get(key), value);
          }
        });
    kernelSize(settings);
    dataFormat(settings);
    if (old.className().equals("Embedding") && settings.has("units")) {
      settings.set("output_dim", settings.get("units"));
    }
    return new LayerConfig(
        CLASSES.getOrDefault(old.className(), old.className()),
        old.name(),
        old.module(),
        settings,
        old.built(),
        old.calls(),
        old.origin());
  }

  private static void kernelSize(ObjectNode settings) {
    if (settings.has("nb_row") && settings.has("nb_col")) {
      ArrayNode kernel = settings.putArray("kernel_size");
      kernel.add(settings.get("nb_row")).add(settings.get("nb_col"));
    }
  }

  private static void dataFormat(ObjectNode settings) {
    String ordering = settings.path("dim_ordering").asText("");
    if (!ordering.isEmpty()) {
      settings.put("data_format", ordering.equals("th") ? "channels_first" : "channels_last");
    }
  }
}
