package dev.graft.importers.keras.config;

import java.util.List;

/**
 * A model: layers, and how they are put together.
 *
 * @param layer the model as a layer of another one: its class, name and calls
 * @param layers in the file's order
 * @param inputs what is fed, as outputs of input layers; empty for a sequential model
 * @param outputs what it computes; empty for a sequential model
 */
public record ModelConfig(
    LayerConfig layer, List<LayerConfig> layers, List<TensorRef> inputs, List<TensorRef> outputs) {

  public ModelConfig {
    layers = List.copyOf(layers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Whether each layer reads what the one before it computes. */
  public boolean isSequential() {
    return layer.className().equals(ModelParser.SEQUENTIAL);
  }
}
