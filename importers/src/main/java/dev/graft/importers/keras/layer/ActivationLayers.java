package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Softmax;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.List;

/** Layers that are a function of each element, or a softmax. */
final class ActivationLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Activation", ActivationLayers::activation),
          KerasLayer.of("ReLU", ActivationLayers::relu),
          KerasLayer.of("LeakyReLU", ActivationLayers::leaky),
          KerasLayer.of("ELU", layer -> elementwise(layer, new Elu(slope(layer, "alpha", 1)))),
          KerasLayer.of("Softmax", ActivationLayers::softmax));

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
    if (config.number("threshold", 0) != 0) {
      throw layer.unsupported("a threshold other than 0");
    }
    boolean bounded = most != Double.POSITIVE_INFINITY;
    if (slope == 0) {
      return elementwise(layer, bounded ? new Clip(0, most) : new Relu());
    }
    String x = elementwise(layer, new LeakyRelu(slope));
    return bounded ? layer.step("clip", new Clip(Double.NEGATIVE_INFINITY, most), x) : x;
  }

  private static String softmax(LayerCursor layer) {
    List<Integer> axes = layer.config().integers("axis");
    if (axes != null && axes.size() != 1) {
      throw layer.unsupported("a softmax over several axes");
    }
    return elementwise(layer, new Softmax(axes == null ? -1 : axes.get(0)));
  }
}
