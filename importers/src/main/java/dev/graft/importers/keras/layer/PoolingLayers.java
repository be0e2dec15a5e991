package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import java.util.List;
import java.util.function.Function;

/** Pooling over one and two spatial axes; a mean never counts padding. */
final class PoolingLayers {

  static final List<KerasLayer> ALL =
      List.of(
          window("MaxPooling1D", 1, MaxPool::new).alias("MaxPool1D"),
          window("MaxPooling2D", 2, MaxPool::new).alias("MaxPool2D"),
          window("AveragePooling1D", 1, w -> new AveragePool(w, false)).alias("AvgPool1D"),
          window("AveragePooling2D", 2, w -> new AveragePool(w, false)).alias("AvgPool2D"),
          global("GlobalMaxPooling1D", new GlobalMaxPool()).alias("GlobalMaxPool1D"),
          global("GlobalMaxPooling2D", new GlobalMaxPool()).alias("GlobalMaxPool2D"),
          global("GlobalAveragePooling1D", new GlobalAveragePool()).alias("GlobalAvgPool1D"),
          global("GlobalAveragePooling2D", new GlobalAveragePool()).alias("GlobalAvgPool2D"));

  private PoolingLayers() {}

  private static KerasLayer window(String name, int axes, Function<Window, Op> op) {
    return KerasLayer.of(
        name,
        layer -> {
          Op pool = op.apply(Windows.pooling(layer.config(), axes));
          return layer.channelsBack(layer.emit(pool, layer.channelsFirst(layer.input())));
        });
  }

  private static KerasLayer global(String name, Op op) {
    return KerasLayer.of(
        name,
        layer -> {
          layer.expectNoMask(layer.input());
          String y = layer.emit(op, layer.channelsFirst(layer.input()));
          return layer.config().bool("keepdims", false)
              ? layer.channelsBack(y)
              : layer.step("flatten", new Flatten(1), y);
        });
  }
}
