package dev.graft.importers.keras.layer;

import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Normalisations with statistics. */
final class NormalizationLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("BatchNormalization", NormalizationLayers::batch)
              .alias("SyncBatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2")
              .with(NormalizationLayers::batchWeights),
          KerasLayer.of("LayerNormalization", NormalizationLayers::layer)
              .with(NormalizationLayers::affineWeights),
          KerasLayer.of("GroupNormalization", NormalizationLayers::group)
              .with(NormalizationLayers::affineWeights));

  private NormalizationLayers() {}

  private static List<WeightSlot> batchWeights(LayerConfig config) {
    List<WeightSlot> slots = affineWeights(config);
    slots.add(WeightSlot.state("moving_mean"));
    slots.add(WeightSlot.state("moving_variance"));
    return slots;
  }

  private static List<WeightSlot> affineWeights(LayerConfig config) {
    List<WeightSlot> slots = new ArrayList<>();
    if (config.bool("scale", true)) {
      slots.add(WeightSlot.trained("gamma"));
    }
    if (config.bool("center", true)) {
      slots.add(WeightSlot.trained("beta"));
    }
    return slots;
  }

  /** Over the last axes of each sample. */
  private static String layer(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.bool("rms_scaling", false)) {
      throw layer.unsupported("rms_scaling");
    }
    String x = layer.input();
    Shape shape = layer.shape(x);
    List<Integer> axes = config.integers("axis");
    int first = shape.rank() - (axes == null ? 1 : axes.size());
    for (int axis : axes == null ? List.<Integer>of() : axes) {
      if (shape.axis(axis) < first) {
        throw layer.unsupported("a normalisation over axes " + axes + " of " + shape);
      }
    }
    Shape normalised = shape.axes(first, shape.rank());
    String gamma = affine(layer, "scale", "gamma", normalised, 1);
    String beta = affine(layer, "center", "beta", normalised, 0);
    double epsilon = config.number("epsilon", 1e-3);
    return layer.emit(new LayerNormalization(first, epsilon), x, gamma, beta);
  }

  private static String group(LayerCursor layer) {
    LayerConfig config = layer.config();
    String x = layer.input();
    int rank = layer.rank(x);
    int axis = layer.shape(x).axis(config.integer("axis", -1));
    int channels = layer.shape(x).size(axis);
    if (axis != 1 && axis != rank - 1) {
      throw layer.unsupported("axis " + axis + " of " + layer.shape(x));
    }
    int groups = config.integer("groups", 32);
    String gamma = affine(layer, "scale", "gamma", Shape.of(channels), 1);
    String beta = affine(layer, "center", "beta", Shape.of(channels), 0);
    GroupNormalization norm =
        new GroupNormalization(groups == -1 ? channels : groups, config.number("epsilon", 1e-3));
    return withChannelsAt(layer, axis, x, first -> layer.emit(norm, first, gamma, beta));
  }

  /** {@code momentum} is the weight of the old statistics, as in ONNX. */
  private static String batch(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.origin().major() == 1 && config.integer("mode", 0) != 0) {
      throw layer.unsupported("mode " + config.integer("mode") + " of Keras 1");
    }
    String x = layer.input();
    List<Integer> axes = config.integers("axis");
    if (axes != null && axes.size() != 1) {
      throw layer.unsupported("a normalisation over several axes");
    }
    int rank = layer.rank(x);
    int axis = layer.shape(x).axis(axes == null ? -1 : axes.get(0));
    if (axis != 1 && axis != rank - 1) {
      throw layer.unsupported("axis " + axis + " of " + layer.shape(x));
    }
    Shape channels = Shape.of(layer.shape(x).size(axis));
    String gamma = affine(layer, "scale", "gamma", channels, 1);
    String beta = affine(layer, "center", "beta", channels, 0);
    String mean = layer.weight("moving_mean", channels);
    String variance = layer.weight("moving_variance", channels);
    BatchNormalization norm =
        new BatchNormalization(
            config.number("epsilon", 1e-3), config.number("momentum", 0.99), false);
    return withChannelsAt(
        layer, axis, x, first -> layer.emit(norm, first, gamma, beta, mean, variance));
  }

  /** Where the channels come last, they are put behind the samples and back again. */
  private static String withChannelsAt(
      LayerCursor layer, int axis, String x, UnaryOperator<String> operation) {
    if (axis == 1) {
      return operation.apply(x);
    }
    int rank = layer.rank(x);
    String first = layer.step("channels_first", new Transpose(LayerCursor.toFirst(rank)), x);
    String y = operation.apply(first);
    return layer.step("channels_last", new Transpose(LayerCursor.toLast(rank)), y);
  }

  /** A weight that the config may leave out, where it is the same for all channels. */
  private static String affine(
      LayerCursor layer, String setting, String slot, Shape channels, float absent) {
    if (layer.config().bool(setting, true)) {
      return layer.weight(slot, channels);
    }
    float[] same = new float[channels.elements()];
    Arrays.fill(same, absent);
    return layer.fixedWeight(slot, Tensor.of(channels, same));
  }
}
