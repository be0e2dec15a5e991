package dev.graft.importers.keras.layer;

import dev.graft.core.op.resizing.Coordinates;
import dev.graft.core.op.resizing.Interpolation;
import dev.graft.core.op.resizing.Nearest;
import dev.graft.core.op.resizing.Resize;
import dev.graft.core.op.resizing.Target;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers that make spatial axes longer or shorter; pixels keep their centres, as in TensorFlow 2.
 */
final class ResizingLayers {

  /** The parameter of TensorFlow's cubic function. */
  private static final Interpolation CUBIC =
      new Interpolation(Interpolation.Kind.CUBIC, -0.5, true, false);

  static final List<KerasLayer> ALL =
      List.of(
          upsampling("UpSampling1D", 1),
          upsampling("UpSampling2D", 2),
          upsampling("UpSampling3D", 3),
          KerasLayer.of("Resizing", ResizingLayers::resizing));

  private ResizingLayers() {}

  private static KerasLayer upsampling(String name, int axes) {
    return KerasLayer.of(
        name,
        layer -> {
          LayerConfig config = layer.config();
          // One axis has its factor under the name of a length in Keras 1.
          String key = config.has("size") ? "size" : "length";
          List<Double> scales = new ArrayList<>(List.of(1.0, 1.0));
          config.integers(key, axes, 2).forEach(size -> scales.add((double) size));
          Target target = new Target(scales, List.of());
          return resized(layer, target, config.text("interpolation", "nearest"));
        });
  }

  private static String resizing(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.bool("crop_to_aspect_ratio", false)
        || config.bool("pad_to_aspect_ratio", false)
        || config.bool("antialias", false)) {
      throw layer.unsupported("a Resizing that crops, pads or smooths");
    }
    List<Integer> sizes = List.of(0, 0, config.integer("height"), config.integer("width"));
    return resized(layer, new Target(List.of(), sizes), config.text("interpolation", "bilinear"));
  }

  private static String resized(LayerCursor layer, Target target, String interpolation) {
    Resize op =
        new Resize(
            target,
            switch (interpolation) {
              case "nearest" -> Interpolation.NEAREST;
              case "bilinear" -> Interpolation.LINEAR;
              case "bicubic" -> CUBIC;
              default -> throw layer.unsupported("the interpolation " + interpolation);
            },
            Coordinates.HALF_PIXEL,
            Nearest.ROUND_PREFER_CEIL);
    return layer.channelsBack(layer.emit(op, layer.channelsFirst(layer.input())));
  }
}
