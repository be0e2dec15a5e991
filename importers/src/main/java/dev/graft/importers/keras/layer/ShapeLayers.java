package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** Layers that move elements. */
final class ShapeLayers {

  /** Steps that {@code RepeatVector} may make of a vector: a small file could ask for the heap. */
  private static final int MOST_REPEATS = 1 << 20;

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Flatten", ShapeLayers::flatten),
          KerasLayer.of("Reshape", ShapeLayers::reshape),
          KerasLayer.of("Permute", ShapeLayers::permute),
          KerasLayer.of("RepeatVector", ShapeLayers::repeat));

  private ShapeLayers() {}

  /** Channels last, whatever the order of the input. */
  private static String flatten(LayerCursor layer) {
    String x = layer.input();
    if (layer.config().channelsFirst() && layer.rank(x) > 2) {
      x = layer.step("channels_last", new Transpose(LayerCursor.toLast(layer.rank(x))), x);
    }
    return layer.emit(new Flatten(1), x);
  }

  private static String reshape(LayerCursor layer) {
    JsonNode sizes = layer.config().setting("target_shape");
    if (!sizes.isArray()) {
      throw new ImportException("its config lacks target_shape");
    }
    List<Integer> target = new ArrayList<>(List.of(0));
    // TensorFlow.js says null for the one that follows from the others.
    sizes.forEach(size -> target.add(size.isNull() ? -1 : LayerConfig.whole(size, "target_shape")));
    return layer.emit(new Reshape(target), layer.input());
  }

  /** Axes are counted from 1: the samples stay where they are. */
  private static String permute(LayerCursor layer) {
    List<Integer> axes = layer.config().integers("dims");
    if (axes == null) {
      throw new ImportException("its config lacks dims");
    }
    List<Integer> permutation = new ArrayList<>(List.of(0));
    permutation.addAll(axes);
    return layer.emit(new Transpose(permutation), layer.input());
  }

  /** {@code [N,F]} to {@code [N,n,F]}: by adding zeros, which are broadcast. */
  private static String repeat(LayerCursor layer) {
    int n = layer.config().integer("n");
    if (n < 1 || n > MOST_REPEATS) {
      throw new ImportException("n must be from 1 to " + MOST_REPEATS + ", found " + n);
    }
    String x = layer.step("unsqueeze", new Unsqueeze(List.of(1)), layer.input());
    return layer.emit(new Add(), x, layer.constant("zeros", Tensor.zeros(Shape.of(1, n, 1))));
  }
}
