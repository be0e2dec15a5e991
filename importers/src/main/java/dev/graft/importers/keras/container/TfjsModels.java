package dev.graft.importers.keras.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.config.KerasJson;
import java.util.List;

/**
 * Layers models of TensorFlow.js: {@code model.json}, whose topology is a Keras model's config, and
 * files of weights beside it. The converter writes what Keras wrote; TensorFlow.js itself, and so
 * Teachable Machine, writes the words of Keras 2.
 */
final class TfjsModels {

  /** Of models that TensorFlow.js saved, and not Keras. */
  private static final String OWN_VERSION = "tfjs-layers";

  private TfjsModels() {}

  /**
   * Reads a model; its weights are read when they are asked for.
   *
   * @param folder where the files of weights may lie
   * @throws ImportException if it is no layers model, or its weights are not there
   */
  static KerasFile read(String text, ModelFolder folder, ReadAllowance allowance) {
    JsonNode json = KerasJson.parse(text, "the text");
    expectLayersModel(json);
    JsonNode topology = json.path("modelTopology");
    JsonNode config = topology.has("model_config") ? topology.get("model_config") : topology;
    String said = topology.path("keras_version").asText("2");
    boolean own = said.startsWith(OWN_VERSION);
    String version = own ? "2" : said;
    List<StoredArray> arrays = TfjsManifest.arrays(json.path("weightsManifest"), folder, allowance);
    WeightStore.ByWeight weights = () -> arrays;
    return new KerasFile(
        "Keras " + version + (own ? " (" + said + ")" : "") + ", TensorFlow.js layers model",
        config.isTextual() ? config.textValue() : config.toString(),
        version,
        "tensorflow",
        weights);
  }

  private static void expectLayersModel(JsonNode json) {
    JsonNode topology = json.path("modelTopology");
    if (json.path("format").asText().equals("graph-model") || topology.has("node")) {
      throw new ImportException(
          "is a TensorFlow.js graph model, which holds operations instead of layers; convert it to"
              + " ONNX: python -m tf2onnx.convert --tfjs model.json --output model.onnx");
    }
    if (topology.isObject()) {
      return;
    }
    if (json.has("class_name") && json.has("config")) {
      throw new ImportException(
          "is the architecture of a Keras model without its weights; save both:"
              + " model.save('model.keras')");
    }
    if (json.has("weight_map")) {
      throw new ImportException(
          "lists the files of a Keras model's weights without its architecture; load them in Keras"
              + " and save all: model.load_weights(FILE); model.save('model.keras')");
    }
    throw new ImportException("is a JSON file, but no model; expected an ONNX or Keras model");
  }
}
