package dev.graft.importers.keras.layer;

import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Recurrent;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** Layers that go through a sequence {@code [N,T,features]}. */
final class RecurrentLayers {

  static final List<KerasLayer> ALL =
      List.of(
          layer("LSTM", RecurrentKind.LSTM).alias("CuDNNLSTM"),
          layer("GRU", RecurrentKind.GRU).alias("CuDNNGRU"),
          layer("SimpleRNN", RecurrentKind.SIMPLE));

  /** Samples and steps in each other's place. */
  private static final Transpose STEPS = new Transpose(List.of(1, 0, 2));

  private RecurrentLayers() {}

  private static KerasLayer layer(String name, RecurrentKind kind) {
    return KerasLayer.ofSeveral(name, layer -> read(layer, kind, false))
        .with(config -> RecurrentWeights.slots(config, kind));
  }

  /**
   * All outputs or the last, and the states behind it if they are wanted.
   *
   * @param aligned whether outputs keep the place of their step where the layer goes backwards;
   *     else they stand in the order in which they are computed, as Keras has it
   */
  static List<String> read(LayerCursor layer, RecurrentKind kind, boolean aligned) {
    LayerConfig config = layer.config();
    List<String> inputs = layer.allInputs();
    boolean reverse = config.bool("go_backwards", false);
    boolean sequences = config.bool("return_sequences", false);
    Recurrent op = kind.op().make(config, reverse ? Direction.REVERSE : Direction.FORWARD);
    if (inputs.size() != 1 && inputs.size() != 1 + op.states()) {
      throw new ImportException(
          "expects a sequence, and its " + op.states() + " states or none; found " + inputs.size());
    }
    if (config.bool("stateful", false)) {
      layer.warn("keeps its state from batch to batch in Keras; here each starts from zero");
    }
    String x = inputs.get(0);
    layer.expectNoMask(x);
    RecurrentWeights weights = new RecurrentWeights(layer, kind);
    List<String> reads = new ArrayList<>();
    reads.add(layer.step("steps_first", STEPS, x));
    reads.add(weights.features(layer.shape(x).size(2)));
    reads.add(weights.state());
    String bias = weights.bias();
    if (!bias.isEmpty() || inputs.size() > 1) {
      reads.add(bias);
    }
    if (inputs.size() > 1) {
      reads.add("");
      for (String state : inputs.subList(1, inputs.size())) {
        reads.add(layer.step("state", new Unsqueeze(List.of(0)), state));
      }
    }
    List<String> found = layer.steps("", op, 1 + op.states(), reads.toArray(String[]::new));
    List<String> outputs = new ArrayList<>();
    outputs.add(
        sequences ? sequence(layer, found.get(0), reverse && !aligned) : last(layer, found.get(1)));
    if (config.bool("return_state", false)) {
      found.subList(1, found.size()).forEach(state -> outputs.add(last(layer, state)));
    }
    return outputs;
  }

  /** {@code [T,1,N,H]} to {@code [N,T,H]}; what went backwards stays so in Keras. */
  private static String sequence(LayerCursor layer, String y, boolean reverse) {
    String steps = layer.step("squeeze", new Squeeze(List.of(1)), y);
    String sequence = layer.step("samples_first", STEPS, steps);
    return reverse ? reversed(layer, sequence) : sequence;
  }

  /** A sequence from its end to its beginning. */
  static String reversed(LayerCursor layer, String sequence) {
    Slice backwards = new Slice(List.of(-1L), List.of(Long.MIN_VALUE), List.of(1), List.of(-1L));
    return layer.step("reversed", backwards, sequence);
  }

  /** {@code [1,N,H]} to {@code [N,H]}. */
  private static String last(LayerCursor layer, String state) {
    return layer.step("last", new Squeeze(List.of(0)), state);
  }
}
