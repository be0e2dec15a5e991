package dev.graft.importers.keras.layer;

import dev.graft.importers.keras.config.LayerConfig;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All layers that are read. A new one joins a family here, and is known everywhere. */
public final class KerasLayers {

  private static final Map<String, KerasLayer> BY_NAME = new TreeMap<>();

  static {
    for (List<KerasLayer> family :
        List.of(
            ActivationLayers.ALL,
            DenseLayers.ALL,
            ConvolutionLayers.ALL,
            NormalizationLayers.ALL,
            PoolingLayers.ALL,
            MergeLayers.ALL,
            ShapeLayers.ALL,
            BorderLayers.ALL,
            TrainingLayers.ALL,
            ScalingLayers.ALL,
            RecurrentLayers.ALL,
            ConvLstmLayers.ALL,
            TransposedLayers.ALL,
            ResizingLayers.ALL,
            AttentionLayers.ALL,
            VolumeLayers.ALL,
            LocalLayers.ALL,
            WrapperLayers.ALL)) {
      for (KerasLayer layer : family) {
        for (String name : layer.names()) {
          if (BY_NAME.put(name, layer) != null) {
            throw new IllegalStateException("two layers are named " + name);
          }
        }
      }
    }
  }

  private KerasLayers() {}

  /** Names of the classes that are read. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  /** How a layer is read; null if it is not. */
  public static @Nullable KerasLayer of(LayerConfig config) {
    KerasLayer operation = OperationLayers.of(config);
    return operation != null || config.isOperation() ? operation : BY_NAME.get(config.className());
  }
}
