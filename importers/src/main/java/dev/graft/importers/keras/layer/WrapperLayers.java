package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Layers around a layer. */
final class WrapperLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("TimeDistributed", WrapperLayers::timeDistributed)
              .with(config -> within(inner(config, "layer"), "layer")),
          KerasLayer.ofSeveral("Bidirectional", WrapperLayers::bidirectional)
              .with(WrapperLayers::bothWays));

  /** What does the same to each row, however many axes stand before it. */
  private static final Set<String> BY_ROW =
      Set.of("Dense", "Activation", "ReLU", "LeakyReLU", "Dropout");

  private static final String FORWARD = "forward_layer";
  private static final String BACKWARD = "backward_layer";

  private WrapperLayers() {}

  private static LayerConfig inner(LayerConfig wrapper, String setting) {
    LayerConfig inner = wrapper.inner(setting);
    if (inner == null) {
      throw new ImportException(wrapper + ": its config lacks " + setting);
    }
    return inner;
  }

  private static KerasLayer reading(LayerConfig inner) {
    KerasLayer layer = KerasLayers.of(inner);
    if (layer == null) {
      throw new ImportException("wraps " + inner + ", which is not supported");
    }
    return layer;
  }

  private static List<WeightSlot> within(LayerConfig inner, String folder) {
    return reading(inner).weights().apply(inner).stream().map(s -> s.within(folder)).toList();
  }

  /**
   * Steps as further samples: {@code [N,T,…]} is {@code [N T,…]} to the layer within, unless that
   * does the same to each row anyway.
   */
  private static String timeDistributed(LayerCursor layer) {
    LayerConfig config = inner(layer.config(), "layer");
    String x = layer.input();
    if (BY_ROW.contains(config.className())) {
      return single(layer.inner(config, "layer", x), config);
    }
    Shape shape = layer.shape(x);
    String folded = layer.step("fold", new Reshape(sizes(List.of(-1), shape, 2)), x);
    String y = single(layer.inner(config, "layer", folded), config);
    List<Integer> unfolded = sizes(List.of(-1, shape.size(1)), layer.shape(y), 1);
    return layer.step("unfold", new Reshape(unfolded), y);
  }

  /** Given sizes, then those of a shape from an axis on. */
  private static List<Integer> sizes(List<Integer> first, Shape shape, int from) {
    List<Integer> sizes = new ArrayList<>(first);
    for (int axis = from; axis < shape.rank(); axis++) {
      sizes.add(shape.size(axis));
    }
    return sizes;
  }

  private static String single(LayerCursor inner, LayerConfig config) {
    List<String> results = reading(config).reading().read(inner);
    if (results.size() != 1) {
      throw new ImportException("wraps " + config + ", which computes several values");
    }
    return results.get(0);
  }

  /** The layer that goes backwards is the other one, turned, where the config has none. */
  private static LayerConfig backward(LayerConfig wrapper) {
    if (wrapper.has(BACKWARD)) {
      return inner(wrapper, BACKWARD);
    }
    LayerConfig forward = inner(wrapper, "layer");
    return forward.with("go_backwards", BooleanNode.valueOf(!forward.bool("go_backwards", false)));
  }

  private static List<WeightSlot> bothWays(LayerConfig wrapper) {
    return Stream.concat(
            within(inner(wrapper, "layer"), FORWARD).stream(),
            within(backward(wrapper), BACKWARD).stream())
        .toList();
  }

  /** Both see the sequence, and what they say of a step is joined; states follow one by one. */
  private static List<String> bidirectional(LayerCursor layer) {
    LayerConfig forward = inner(layer.config(), "layer");
    LayerConfig backward = backward(layer.config());
    String x = layer.input();
    List<String> ahead = SequenceLayers.aligned(layer.inner(forward, FORWARD, x));
    List<String> back = SequenceLayers.aligned(layer.inner(backward, BACKWARD, x));
    List<String> outputs = new ArrayList<>(merged(layer, ahead.get(0), back.get(0)));
    outputs.addAll(ahead.subList(1, ahead.size()));
    outputs.addAll(back.subList(1, back.size()));
    return outputs;
  }

  private static List<String> merged(LayerCursor layer, String ahead, String back) {
    JsonNode mode = layer.config().settings().path("merge_mode");
    if (mode.isNull()) {
      return List.of(ahead, back);
    }
    return switch (mode.asText("concat")) {
      case "concat" -> List.of(layer.emit(new Concat(-1), ahead, back));
      case "sum" -> List.of(layer.emit(new Add(), ahead, back));
      case "mul" -> List.of(layer.emit(new Mul(), ahead, back));
      case "ave" -> {
        String sum = layer.step("sum", new Add(), ahead, back);
        yield List.of(layer.emit(new Mul(), sum, layer.constant("half", 0.5)));
      }
      default -> throw layer.unsupported("the merge_mode " + mode);
    };
  }
}
