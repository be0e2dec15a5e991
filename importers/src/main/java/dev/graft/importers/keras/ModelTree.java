package dev.graft.importers.keras;

import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.ModelParser;
import dev.graft.importers.keras.layer.KerasLayer;
import dev.graft.importers.keras.layer.KerasLayers;
import dev.graft.importers.keras.layer.WeightSlot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model and the models within it, each read once, so that a layer is one object wherever it is
 * asked for.
 */
final class ModelTree {

  static final String INPUT = "InputLayer";

  /** Deeper models are no one's, and each level takes a part of the stack. */
  private static final int MOST_LEVELS = 100;

  private final ModelConfig root;
  private final Map<LayerConfig, ModelConfig> models = new IdentityHashMap<>();

  /**
   * A layer that is no model of others.
   *
   * @param config of the layer
   * @param path its name behind those of the models around it: {@code trunk/conv1}
   * @param trainable whether neither it nor a model around it is frozen
   */
  record Leaf(LayerConfig config, String path, boolean trainable) {

    /** What it has in a file; empty for an input, or for a layer that is not supported. */
    List<WeightSlot> slots() {
      KerasLayer layer = KerasLayers.of(config);
      return layer == null ? List.of() : layer.weights().apply(config);
    }
  }

  ModelTree(ModelConfig root) {
    this.root = root;
    collect(root, 0);
  }

  private void collect(ModelConfig model, int level) {
    if (level > MOST_LEVELS) {
      throw new ImportException("models lie within each other beyond " + MOST_LEVELS + " levels");
    }
    Set<String> names = new HashSet<>();
    for (LayerConfig layer : model.layers()) {
      if (!names.add(layer.name())) {
        throw new ImportException("two layers of a model are named " + layer.name());
      }
      if (ModelParser.isModel(layer)) {
        ModelConfig nested = ModelParser.model(layer);
        models.put(layer, nested);
        collect(nested, level + 1);
      }
    }
  }

  ModelConfig root() {
    return root;
  }

  /** The model that a layer is; null if it is none. */
  @Nullable ModelConfig model(LayerConfig layer) {
    return models.get(layer);
  }

  /** All layers that are no models, in order. */
  List<Leaf> leaves() {
    List<Leaf> leaves = new ArrayList<>();
    root.layers().forEach(layer -> addLeaves(layer, "", root.layer().trainable(), leaves));
    return leaves;
  }

  /** Those of one layer of the outermost model. */
  List<Leaf> leaves(LayerConfig layer) {
    List<Leaf> leaves = new ArrayList<>();
    addLeaves(layer, "", root.layer().trainable(), leaves);
    return leaves;
  }

  private void addLeaves(LayerConfig layer, String prefix, boolean trainable, List<Leaf> to) {
    ModelConfig model = models.get(layer);
    boolean trained = trainable && layer.trainable();
    if (model == null) {
      to.add(new Leaf(layer, prefix + layer.name(), trained));
    } else {
      String inner = prefix + layer.name() + "/";
      model.layers().forEach(part -> addLeaves(part, inner, trained, to));
    }
  }
}
