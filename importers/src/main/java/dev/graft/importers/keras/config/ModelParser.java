package dev.graft.importers.keras.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the config of models and layers, of every age: see {@link Keras1} for the first. */
public final class ModelParser {

  static final String SEQUENTIAL = "Sequential";

  private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");

  private ModelParser() {}

  /**
   * Reads a whole model.
   *
   * @param version of Keras, such as {@code 2.4.0}
   * @param backend of Keras; empty if unknown
   * @throws ImportException if it is no model of layers
   */
  public static ModelConfig parse(String json, String version, String backend) {
    int major = version.startsWith("1") ? 1 : version.startsWith("2") ? 2 : 3;
    LayerConfig model =
        layer(KerasJson.parse(json, "the model's config"), new LayerConfig.Origin(major, backend));
    if (!isModel(model)) {
      throw new ImportException(
          "its model is of the class "
              + model.className()
              + ", whose code is not in the file; only Sequential and functional models can be"
              + " read: build it as one, or export it to ONNX (model.export('x.onnx',"
              + " format='onnx'))");
    }
    return model(model);
  }

  /** Whether a layer is a model of others. */
  public static boolean isModel(LayerConfig layer) {
    boolean holdsLayers = layer.settings().isArray() || layer.settings().path("layers").isArray();
    return holdsLayers
        && (layer.className().equals(SEQUENTIAL) || FUNCTIONAL.contains(layer.className()));
  }

  /** A layer that {@link #isModel} as what it is. */
  public static ModelConfig model(LayerConfig layer) {
    // Keras up to 2.2 had the bare list of a sequential model's layers.
    JsonNode listed =
        layer.settings().isArray() ? layer.settings() : layer.settings().path("layers");
    List<LayerConfig> layers = new ArrayList<>();
    listed.forEach(json -> layers.add(layer(json, layer.origin())));
    return new ModelConfig(
        layer,
        layers,
        references(layer.settings().path("input_layers")),
        references(layer.settings().path("output_layers")));
  }

  private static List<TensorRef> references(JsonNode json) {
    List<TensorRef> references = new ArrayList<>();
    if (json.isArray() && json.size() > 0 && json.get(0).isTextual()) {
      // A single one stands alone in Keras 3.
      references.add(CallParser.reference(json));
    } else if (json.isArray()) {
      json.forEach(part -> references.addAll(references(part)));
    } else if (json.isObject()) {
      json.forEach(part -> references.addAll(references(part)));
    }
    return references;
  }

  /** One layer. */
  static LayerConfig layer(JsonNode json, LayerConfig.Origin origin) {
    JsonNode className = json.path("class_name");
    if (!className.isTextual()) {
      throw new ImportException("the model's config has a layer without a class_name");
    }
    JsonNode settings = json.path("config");
    String name = json.path("name").asText(settings.path("name").asText(className.textValue()));
    if (name.isEmpty()) {
      throw new ImportException("a layer of the class " + className.textValue() + " has no name");
    }
    JsonNode built = json.path("build_config");
    LayerConfig read =
        new LayerConfig(
            className.textValue(),
            name,
            json.path("module").asText(""),
            settings,
            built.isObject() ? built : MissingNode.getInstance(),
            CallParser.parse(json.path("inbound_nodes")),
            origin);
    return origin.major() == 1 ? Keras1.renamed(read) : read;
  }
}
