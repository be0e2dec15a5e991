package dev.graft.importers.keras.layer;

import dev.graft.core.op.normalization.Dropout;
import java.util.List;
import java.util.stream.Stream;

/** Layers that do something in training alone. */
final class TrainingLayers {

  static final List<KerasLayer> ALL =
      Stream.concat(
              Stream.of(KerasLayer.of("Dropout", TrainingLayers::dropout)),
              Stream.of(
                      "SpatialDropout1D",
                      "SpatialDropout2D",
                      "SpatialDropout3D",
                      "AlphaDropout",
                      "GaussianNoise",
                      "GaussianDropout",
                      "ActivityRegularization",
                      "StochasticDepth",
                      "RandomFlip",
                      "RandomRotation",
                      "RandomZoom",
                      "RandomTranslation",
                      "RandomContrast",
                      "RandomBrightness",
                      "RandomSaturation",
                      "RandomHue",
                      "RandomShear",
                      "RandomErasing",
                      "RandomGrayscale",
                      "RandomInvert",
                      "RandomPosterization",
                      "RandomSharpness",
                      "RandomGaussianBlur",
                      "RandomColorJitter",
                      "RandomColorDegeneration",
                      "RandomElasticTransform",
                      "RandomPerspective",
                      "RandomApply")
                  .map(name -> KerasLayer.of(name, TrainingLayers::left)))
          .toList();

  private TrainingLayers() {}

  private static String dropout(LayerCursor layer) {
    double rate = layer.config().number("rate", 0.5);
    return layer.emit(new Dropout(rate, false), layer.input());
  }

  private static String left(LayerCursor layer) {
    layer.note("works in training alone, and is left out");
    return layer.input();
  }
}
