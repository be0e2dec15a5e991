package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.PRelu;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** Layers that are a function of each element, or a softmax. */
final class ActivationLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Activation", ActivationLayers::activation),
          KerasLayer.of("ReLU", ActivationLayers::relu),
          KerasLayer.of("LeakyReLU", ActivationLayers::leaky),
          KerasLayer.of("PReLU", ActivationLayers::learnt)
              .with(config -> List.of(WeightSlot.trained("alpha"))),
          KerasLayer.of("ThresholdedReLU", ActivationLayers::thresholded),
          KerasLayer.of("ELU", layer -> elementwise(layer, new Elu(slope(layer, "alpha", 1)))),
          KerasLayer.of("Softmax", ActivationLayers::softmax));

  private static final double STEEP = 1e30;

  private ActivationLayers() {}

  private static String elementwise(LayerCursor layer, Op op) {
    return layer.emit(op, layer.input());
  }

  private static String activation(LayerCursor layer) {
    Op op = Activations.of(layer.config(), "activation", Activations.LINEAR);
    return op == null ? layer.input() : elementwise(layer, op);
  }

  /** Keras 1 and 2 wrote some slopes as arrays of one number. */
  private static double slope(LayerCursor layer, String key, double absent) {
    return layer.config().number(key, absent);
  }

  private static String leaky(LayerCursor layer) {
    double slope = slope(layer, "negative_slope", slope(layer, "alpha", 0.3));
    return elementwise(layer, new LeakyRelu(slope));
  }

  /**
   * {@code max_value} from there on, {@code x} from the threshold on, {@code negative_slope (x -
   * threshold)} below.
   */
  private static String relu(LayerCursor layer) {
    LayerConfig config = layer.config();
    double slope = config.number("negative_slope", 0);
    double most = config.number("max_value", Double.POSITIVE_INFINITY);
    boolean bounded = most != Double.POSITIVE_INFINITY;
    double threshold = config.number("threshold", 0);
    if (threshold != 0) {
      if (slope != 0 || bounded) {
        throw layer.unsupported("a threshold beside a slope or a bound");
      }
      // From the threshold on: where what lies below it is not above.
      String below = step(layer, threshold, -STEEP);
      String from = layer.step("not", new Sub(), layer.constant("one", 1), below);
      return layer.emit(new Mul(), layer.input(), from);
    }
    if (slope == 0) {
      return elementwise(layer, bounded ? new Clip(0, most) : new Relu());
    }
    String x = elementwise(layer, new LeakyRelu(slope));
    return bounded ? layer.step("clip", new Clip(Double.NEGATIVE_INFINITY, most), x) : x;
  }

  /** A slope for each element, or for those along the axes that share it. */
  private static String learnt(LayerCursor layer) {
    String x = layer.input();
    Shape shape = layer.shape(x);
    List<Integer> shared = layer.config().integers("shared_axes");
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 1; axis < shape.rank(); axis++) {
      sizes.add(shared != null && shared.contains(axis) ? 1 : shape.size(axis));
    }
    return layer.emit(new PRelu(), x, layer.weight("alpha", Shape.of(sizes)));
  }

  /** {@code x} above the threshold, else 0. */
  private static String thresholded(LayerCursor layer) {
    String above = step(layer, layer.config().number("theta", 1), STEEP);
    return layer.emit(new Mul(), layer.input(), above);
  }

  /** 1 beyond a threshold, else 0: so steep a slope that no two floats lie on it. */
  private static String step(LayerCursor layer, double threshold, double slope) {
    String beyond =
        layer.step("beyond", new Sub(), layer.input(), layer.constant("threshold", threshold));
    String steep = layer.step("steep", new Mul(), beyond, layer.constant("slope", slope));
    return layer.step("step", new Clip(0, 1), steep);
  }

  private static String softmax(LayerCursor layer) {
    List<Integer> axes = layer.config().integers("axis");
    if (axes != null && axes.size() != 1) {
      throw layer.unsupported("a softmax over several axes");
    }
    return elementwise(layer, new Softmax(axes == null ? -1 : axes.get(0)));
  }
}
