package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Preprocessing within the model: layers that shift and scale what is fed. */
final class ScalingLayers {

  /** Below this deviation Keras divides by it rather than by nearly nothing. */
  private static final float LEAST_DEVIATION = 1e-7f;

  /** Axes of a batch of pictures. */
  private static final int PICTURES = 4;

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Rescaling", ScalingLayers::rescale),
          KerasLayer.of("Normalization", ScalingLayers::normalize).with(ScalingLayers::statistics),
          KerasLayer.of("Masking", ScalingLayers::mask),
          KerasLayer.of("LayerScale", ScalingLayers::layerScale)
              .with(config -> List.of(WeightSlot.trained("gamma"))));

  private ScalingLayers() {}

  /** {@code scale x + offset}. */
  private static String rescale(LayerCursor layer) {
    String x = layer.input();
    String y = layer.emit(new Mul(), x, numbers(layer, "scale", x));
    return layer.config().has("offset") && !isZero(layer.config().setting("offset"))
        ? layer.step("add", new Add(), y, numbers(layer, "offset", x))
        : y;
  }

  private static boolean isZero(JsonNode json) {
    return json.isNumber() && json.doubleValue() == 0;
  }

  /** One number, or one for each channel. */
  private static String numbers(LayerCursor layer, String key, String x) {
    JsonNode value = layer.config().setting(key);
    float[] numbers = floats(value.isObject() ? value.path("config").path("value") : value, key);
    boolean one = numbers.length == 1;
    return layer.constant(key, Tensor.of(one ? Shape.SCALAR : Shape.of(numbers.length), numbers));
  }

  private static float[] floats(JsonNode json, String key) {
    List<Float> found = new ArrayList<>();
    collect(json, key, found);
    float[] numbers = new float[found.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = found.get(i);
    }
    return numbers;
  }

  private static void collect(JsonNode json, String key, List<Float> to) {
    if (json.isArray()) {
      json.forEach(part -> collect(part, key, to));
    } else if (json.isNumber()) {
      to.add(json.floatValue());
    } else {
      throw new ImportException(key + " must be a number or a list of them, found " + json);
    }
  }

  /** They are weights unless the config gives them. */
  private static List<WeightSlot> statistics(LayerConfig config) {
    return config.has("mean")
        ? List.of()
        : List.of(
            WeightSlot.state("mean"), WeightSlot.state("variance"), WeightSlot.state("count"));
  }

  /** {@code (x - mean) / max(sqrt(variance), 1e-7)} for each entry of the axes that are kept. */
  private static String normalize(LayerCursor layer) {
    LayerConfig config = layer.config();
    String x = layer.input();
    Shape shape = layer.shape(x);
    List<Integer> kept = config.integers("axis");
    int[] sizes = new int[shape.rank()];
    Arrays.fill(sizes, 1);
    int[] own = new int[kept == null ? 0 : kept.size()];
    for (int i = 0; i < own.length; i++) {
      int axis = shape.axis(kept.get(i));
      own[i] = shape.size(axis);
      sizes[axis] = own[i];
    }
    boolean given = config.has("mean");
    Tensor mean = given ? said(config, "mean") : layer.array("mean", Shape.of(own));
    Tensor variance = given ? said(config, "variance") : layer.array("variance", Shape.of(own));
    Shape broadcast = Shape.of(sizes);
    String shift = layer.constant("mean", spread(mean, broadcast));
    String scale = layer.constant("deviation", spread(deviation(variance), broadcast));
    if (config.bool("invert", false)) {
      return layer.step("add", new Add(), layer.emit(new Mul(), x, scale), shift);
    }
    return layer.emit(new Div(), layer.step("sub", new Sub(), x, shift), scale);
  }

  private static Tensor said(LayerConfig config, String key) {
    float[] numbers = floats(config.setting(key), key);
    return Tensor.of(Shape.of(numbers.length), numbers);
  }

  private static Tensor spread(Tensor numbers, Shape shape) {
    return numbers.shape().elements() == 1 ? numbers.reshape(Shape.SCALAR) : numbers.reshape(shape);
  }

  private static Tensor deviation(Tensor variance) {
    float[] values = variance.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max((float) Math.sqrt(values[i]), LEAST_DEVIATION);
    }
    return Tensor.of(variance.shape(), values);
  }

  /** Steps that equal the value are passed over by layers that know masks, and are 0 to others. */
  private static String mask(LayerCursor layer) {
    double value = layer.config().number("mask_value", 0);
    if (value != 0) {
      throw layer.unsupported("the mask_value " + value);
    }
    layer.mask(layer.input());
    return layer.input();
  }

  /**
   * A factor for each channel, as ConvNeXt has it. Over pictures a depthwise convolution of one
   * pixel, whose weights are trained; a factor of a product elsewhere is a constant.
   */
  private static String layerScale(LayerCursor layer) {
    String x = layer.input();
    Shape channels = Shape.of(layer.shape(x).size(-1));
    if (layer.rank(x) != PICTURES) {
      layer.warn("its factors are not trained, since what it scales is no picture");
      return layer.emit(new Mul(), x, layer.weight("gamma", channels));
    }
    int count = channels.size(0);
    String gamma =
        layer.weight(
            "gamma", () -> layer.array("gamma", channels).reshape(Shape.of(count, 1, 1, 1)));
    String first = layer.step("channels_first", new Transpose(LayerCursor.toFirst(PICTURES)), x);
    String scaled = layer.emit(new Conv(Window.square(1, 1, 0), count), first, gamma);
    return layer.step("channels_last", new Transpose(LayerCursor.toLast(PICTURES)), scaled);
  }
}
