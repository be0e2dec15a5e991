package dev.graft.importers.keras.layer;

import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One layer of Keras.
 *
 * @param names of its class, in every version
 * @param weights what it has in a file, in Keras's order, trained ones first
 * @param reading what a call of it becomes
 */
public record KerasLayer(
    List<String> names, Function<LayerConfig, List<WeightSlot>> weights, ReadingOfSeveral reading) {

  /** Turns one call of a layer into operations. */
  @FunctionalInterface
  public interface Reading {
    /**
     * @return the value that the layer computes
     * @throws dev.graft.importers.ImportException if the config asks for what is not supported
     * @throws dev.graft.core.tensor.ShapeException if its inputs do not fit
     */
    String read(LayerCursor layer);
  }

  /** The same for a layer that may compute several values, such as an LSTM with its state. */
  @FunctionalInterface
  public interface ReadingOfSeveral {
    List<String> read(LayerCursor layer);
  }

  /** A layer without weights. */
  static KerasLayer of(String name, Reading reading) {
    return ofSeveral(name, layer -> List.of(reading.read(layer)));
  }

  /** A layer without weights that may compute several values. */
  static KerasLayer ofSeveral(String name, ReadingOfSeveral reading) {
    return new KerasLayer(List.of(name), config -> List.of(), reading);
  }

  /** The same layer under further names. */
  KerasLayer alias(String... more) {
    List<String> all = new ArrayList<>(names);
    all.addAll(List.of(more));
    return new KerasLayer(List.copyOf(all), weights, reading);
  }

  /** The same layer with weights. */
  KerasLayer with(Function<LayerConfig, List<WeightSlot>> weights) {
    return new KerasLayer(names, weights, reading);
  }

  /** The weights {@code kernel} and, where the config has one, {@code bias}. */
  static List<WeightSlot> kernelAndBias(LayerConfig config) {
    return config.bool("use_bias", true)
        ? List.of(WeightSlot.trained("kernel"), WeightSlot.trained("bias"))
        : List.of(WeightSlot.trained("kernel"));
  }
}
