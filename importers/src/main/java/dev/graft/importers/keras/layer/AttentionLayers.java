package dev.graft.importers.keras.layer;

import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.Argument;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** Attention (Vaswani et al., 2017): {@code softmax(q k^T / sqrt(d)) v}. */
final class AttentionLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("MultiHeadAttention", AttentionLayers::multiHead)
              .with(AttentionLayers::projections),
          KerasLayer.of("Attention", AttentionLayers::dot).with(AttentionLayers::scale));

  private static final String SCALE = "scale";

  /** Samples, heads, steps, features, of samples, steps, heads, features; and back. */
  private static final Transpose HEADS = new Transpose(List.of(0, 2, 1, 3));

  private static final Transpose HEADS_LAST = new Transpose(List.of(0, 2, 3, 1));

  private AttentionLayers() {}

  private static List<WeightSlot> projections(LayerConfig config) {
    List<WeightSlot> slots = new ArrayList<>();
    for (String part : List.of("query", "key", "value", "output")) {
      slots.add(new WeightSlot(part + "_dense", "kernel", true));
      if (config.bool("use_bias", true)) {
        slots.add(new WeightSlot(part + "_dense", "bias", true));
      }
    }
    return slots;
  }

  private static List<WeightSlot> scale(LayerConfig config) {
    return config.bool("use_scale", false) ? List.of(WeightSlot.trained(SCALE)) : List.of();
  }

  /** Query, value and key, which is the value where it is not given. */
  private static List<String> queryValueKey(LayerCursor layer) {
    List<String> inputs = new ArrayList<>(layer.inputs());
    for (String name : List.of("query", "value", "key")) {
      Argument argument = layer.call().named().get(name);
      if (argument != null) {
        argument.references().forEach(ref -> inputs.add(layer.value(ref)));
      }
    }
    if (inputs.size() < 2 || inputs.size() > 3) {
      throw new ImportException("expects query, value and perhaps key, found " + inputs.size());
    }
    inputs.forEach(layer::expectNoMask);
    expectNothingElse(layer);
    return inputs.size() == 3 ? inputs : List.of(inputs.get(0), inputs.get(1), inputs.get(1));
  }

  private static void expectNothingElse(LayerCursor layer) {
    layer
        .call()
        .named()
        .forEach(
            (name, argument) -> {
              boolean known = List.of("query", "value", "key", "training").contains(name);
              boolean off =
                  argument instanceof Argument.Constant constant
                      && !constant.value().asBoolean(false);
              if (!known && !off) {
                throw layer.unsupported("the argument " + name);
              }
            });
  }

  private static String multiHead(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.has("attention_axes") && config.setting("attention_axes").size() > 1) {
      throw layer.unsupported("attention over several axes");
    }
    int heads = config.integer("num_heads");
    int size = config.integer("key_dim");
    int valueSize = config.integer("value_dim", size);
    List<String> inputs = queryValueKey(layer);
    String q = layer.step("heads", HEADS, projected(layer, "query", inputs.get(0), heads, size));
    String k = layer.step("keys", HEADS_LAST, projected(layer, "key", inputs.get(2), heads, size));
    String v =
        layer.step("heads", HEADS, projected(layer, "value", inputs.get(1), heads, valueSize));
    String scaled =
        layer.step("scale", new Mul(), q, layer.constant("factor", 1 / Math.sqrt(size)));
    String weights =
        layer.step("softmax", new Softmax(-1), layer.step("scores", new MatMul(), scaled, k));
    String mixed = layer.step("steps", HEADS, layer.step("mix", new MatMul(), weights, v));
    String joined = layer.step("join", new Reshape(List.of(0, 0, heads * valueSize)), mixed);
    int out = layer.shape(inputs.get(0)).size(-1);
    if (config.has("output_shape")) {
      List<Integer> said = config.integers("output_shape");
      if (said == null || said.size() != 1) {
        throw layer.unsupported("an output_shape of several sizes");
      }
      out = said.get(0);
    }
    Shape kernel = Shape.of(heads, valueSize, out);
    Shape bias = Shape.of(out);
    return product(layer, "", "output", joined, kernel, Shape.of(heads * valueSize, out), bias);
  }

  /** {@code [N,T,heads,size]}. */
  private static String projected(LayerCursor layer, String part, String x, int heads, int size) {
    int in = layer.shape(x).size(-1);
    Shape kernel = Shape.of(in, heads, size);
    String y =
        product(layer, part, part, x, kernel, Shape.of(in, heads * size), Shape.of(heads, size));
    return layer.step("split", new Reshape(List.of(0, 0, heads, size)), y);
  }

  /** Weights of several axes are matrices here. */
  private static String product(
      LayerCursor layer,
      String suffix,
      String part,
      String x,
      Shape kernel,
      Shape matrix,
      Shape bias) {
    String folder = part + "_dense/";
    String weight =
        layer.weight(
            folder + "kernel", () -> layer.array(folder + "kernel", kernel).reshape(matrix));
    String y = layer.step(suffix, new MatMul(), x, weight);
    if (!layer.config().bool("use_bias", true)) {
      return y;
    }
    Shape flat = Shape.of(matrix.size(1));
    String added =
        layer.weight(folder + "bias", () -> layer.array(folder + "bias", bias).reshape(flat));
    return layer.step(suffix.isEmpty() ? "add" : suffix + "_add", new Add(), y, added);
  }

  /** Luong's attention: no projections, and a factor only if it is learnt. */
  private static String dot(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (!config.text("score_mode", "dot").equals("dot") || config.bool("causal", false)) {
      throw layer.unsupported("a score_mode other than dot, or a causal mask");
    }
    List<String> inputs = queryValueKey(layer);
    String keys = layer.step("keys", new Transpose(List.of(0, 2, 1)), inputs.get(2));
    String scores = layer.step("scores", new MatMul(), inputs.get(0), keys);
    if (config.bool("use_scale", false)) {
      scores = layer.step("scale", new Mul(), scores, layer.weight(SCALE, Shape.SCALAR));
    }
    return layer.emit(new MatMul(), layer.step("softmax", new Softmax(-1), scores), inputs.get(1));
  }
}
