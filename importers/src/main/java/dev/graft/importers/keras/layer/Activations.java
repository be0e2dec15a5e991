package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Selu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Softsign;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The functions of {@code keras.activations}. */
final class Activations {

  static final String LINEAR = "linear";

  /** Slope of {@code keras.activations.leaky_relu}; the layer has another. */
  private static final double LEAKY_SLOPE = 0.2;

  private static final Map<String, Function<LayerConfig, Op>> BY_NAME = new TreeMap<>();

  static {
    add(new Relu(), "relu");
    add(new Clip(0, 6), "relu6");
    add(new Sigmoid(), "sigmoid");
    add(new Tanh(), "tanh");
    add(new Softmax(-1), "softmax");
    add(new LogSoftmax(-1), "log_softmax");
    add(new Elu(1), "elu");
    add(new Selu(1.6732632423543772, 1.0507009873554805), "selu");
    add(new Softplus(), "softplus");
    add(new Softsign(), "softsign");
    add(new Exp(), "exponential");
    add(new Swish(1), "swish", "silu");
    add(new Gelu(false), "gelu");
    add(new Mish(), "mish");
    add(new LeakyRelu(LEAKY_SLOPE), "leaky_relu");
    add(new HardSwish(), "hard_silu", "hard_swish");
    add(new Clip(-1, 1), "hard_tanh");
    BY_NAME.put("hard_sigmoid", Activations::hardSigmoid);
  }

  private Activations() {}

  private static void add(Op op, String... names) {
    for (String name : names) {
      BY_NAME.put(name, config -> op);
    }
  }

  /** Keras 3 bends it at -3 and 3, as ReLU6 does; before, it was steeper. */
  private static Op hardSigmoid(LayerConfig config) {
    return config.origin().major() < 3 ? new HardSigmoid(0.2, 0.5) : new HardSigmoid(1 / 6.0, 0.5);
  }

  /**
   * The function that a setting names; null for none.
   *
   * @throws ImportException if it is not one of Keras's own
   */
  static @Nullable Op of(LayerConfig config, String setting, String absent) {
    JsonNode value = config.setting(setting);
    String name = value.isMissingNode() ? absent : name(value);
    if (name.equals(LINEAR)) {
      return null;
    }
    Function<LayerConfig, Op> op = BY_NAME.get(name);
    if (op == null) {
      throw new ImportException(
          "the activation "
              + name
              + " is not supported; those that are: linear, "
              + String.join(", ", BY_NAME.keySet()));
    }
    return op.apply(config);
  }

  /** A name, or a function that Keras has written as an object. */
  private static String name(JsonNode value) {
    if (value.isObject()) {
      JsonNode inner = value.path("config");
      // A layer in the place of a function, such as {"class_name": "ReLU", "config": {…}}.
      if (inner.isObject() && !inner.has("name") && value.has("registered_name")) {
        return value.path("registered_name").asText();
      }
      return inner.isTextual() ? inner.asText() : value.path("class_name").asText();
    }
    return value.asText();
  }

  /** The value behind the activation that the layer's config has, if any. */
  static String apply(LayerCursor layer, String x) {
    Op op = of(layer.config(), "activation", LINEAR);
    return op == null ? x : layer.step(suffix(op), op, x);
  }

  static String suffix(Op op) {
    return op.type().toLowerCase(Locale.ROOT);
  }
}
