package dev.graft.importers.keras.layer;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An LSTM whose products are convolutions (Shi et al., NeurIPS 2015), through a sequence of
 * pictures {@code [N,T,H,W,C]} whose length is known: step after step, the pictures' convolutions
 * all at once before.
 */
final class ConvLstmLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.ofSeveral("ConvLSTM2D", layer -> read(layer, false))
              .with(ConvLstmLayers::slots));

  /** More steps would make a graph that nobody meant. */
  private static final int MOST_STEPS = 256;

  private static final String CELL = "cell/";

  private ConvLstmLayers() {}

  private static List<WeightSlot> slots(LayerConfig config) {
    List<WeightSlot> slots = new ArrayList<>();
    slots.add(new WeightSlot("cell", "kernel", true));
    slots.add(new WeightSlot("cell", "recurrent_kernel", true));
    if (config.bool("use_bias", true)) {
      slots.add(new WeightSlot("cell", "bias", true));
    }
    return slots;
  }

  /** All outputs or the last; see {@link RecurrentLayers#read} for {@code aligned}. */
  static List<String> read(LayerCursor layer, boolean aligned) {
    LayerConfig config = layer.config();
    if (config.bool("return_state", false) || layer.allInputs().size() != 1) {
      throw layer.unsupported("a ConvLSTM2D with states that are given or returned");
    }
    String x = layer.input();
    layer.expectNoMask(x);
    int steps = layer.shape(x).size(1);
    if (steps < 1 || steps > MOST_STEPS) {
      throw new ImportException("goes through " + steps + " steps, at most " + MOST_STEPS);
    }
    boolean reverse = config.bool("go_backwards", false);
    Cell cell = new Cell(layer, inputs(layer, x, steps));
    List<String> outputs = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      outputs.add(cell.step(reverse ? steps - 1 - step : step));
    }
    if (!config.bool("return_sequences", false)) {
      return List.of(layer.channelsBack(outputs.get(steps - 1)));
    }
    if (reverse && aligned) {
      Collections.reverse(outputs);
    }
    String[] parts =
        outputs.stream()
            .map(y -> layer.step("unsqueeze", new Unsqueeze(List.of(1)), layer.channelsBack(y)))
            .toArray(String[]::new);
    return List.of(steps == 1 ? parts[0] : layer.emit(new Concat(1), parts));
  }

  /** What the pictures give to the gates: {@code [N,T,4 F,H,W]}. */
  private static String inputs(LayerCursor layer, String x, int steps) {
    LayerConfig config = layer.config();
    Shape shape = layer.shape(x);
    boolean first = config.channelsFirst();
    int channels = shape.size(first ? 2 : 4);
    List<Integer> sizes = new ArrayList<>(List.of(-1, shape.size(2), shape.size(3), shape.size(4)));
    String pictures = layer.step("fold", new Reshape(sizes), x);
    if (!first) {
      pictures = layer.step("channels_first", new Transpose(LayerCursor.toFirst(4)), pictures);
    }
    int width = 4 * config.integer("filters");
    Window window = Windows.convolution(config, 2);
    String kernel = kernel(layer, "kernel", window, channels, width);
    Conv conv = new Conv(window, 1);
    String y =
        config.bool("use_bias", true)
            ? layer.step(
                "inputs",
                conv,
                pictures,
                kernel,
                layer.weight("bias", () -> layer.array(CELL + "bias", Shape.of(width))))
            : layer.step("inputs", conv, pictures, kernel);
    Shape s = layer.shape(y);
    Reshape unfold = new Reshape(List.of(-1, steps, width, s.size(2), s.size(3)));
    return layer.step("unfold", unfold, y);
  }

  private static String kernel(
      LayerCursor layer, String slot, Window window, int channels, int width) {
    Shape shape = Shape.of(window.kernelHeight(), window.kernelWidth(), channels, width);
    return layer.weight(
        slot, () -> Permuted.of(Kernels.read(layer, CELL + slot, 2, shape), 3, 2, 0, 1));
  }

  /** The state between steps. */
  private static final class Cell {
    private final LayerCursor layer;
    private final String inputs;
    private final int filters;
    private final Op gate;
    private final Op activation;
    private String h = "";
    private String c = "";

    Cell(LayerCursor layer, String inputs) {
      this.layer = layer;
      this.inputs = inputs;
      this.filters = layer.config().integer("filters");
      this.gate = function("recurrent_activation", RecurrentKind.gateDefault(layer.config()));
      this.activation = function("activation", "tanh");
    }

    private Op function(String setting, String absent) {
      Op op = Activations.of(layer.config(), setting, absent);
      if (op == null) {
        throw layer.unsupported("a linear " + setting);
      }
      return op;
    }

    String step(int time) {
      Slice slice = new Slice(List.of((long) time), List.of(time + 1L), List.of(1), List.of(1L));
      String z = layer.step("slice", slice, inputs);
      z = layer.step("squeeze", new Squeeze(List.of(1)), z);
      if (!h.isEmpty()) {
        z = layer.step("sum", new Add(), z, layer.step("state", recurrent(), h, recurrentKernel()));
      }
      List<String> gates =
          layer.steps("gates", new Split(1, Collections.nCopies(4, filters)), 4, z);
      String fresh =
          layer.step(
              "new",
              new Mul(),
              layer.step("input", gate, gates.get(0)),
              layer.step("candidate", activation, gates.get(2)));
      if (!c.isEmpty()) {
        String kept = layer.step("kept", new Mul(), layer.step("forget", gate, gates.get(1)), c);
        fresh = layer.step("cell", new Add(), kept, fresh);
      }
      c = fresh;
      h =
          layer.step(
              "output",
              new Mul(),
              layer.step("open", gate, gates.get(3)),
              layer.step("squashed", activation, c));
      return h;
    }

    private Window window() {
      return new Window(
          layer.config().integers("kernel_size", 2, 0),
          List.of(1, 1),
          List.of(1, 1),
          List.of(0, 0, 0, 0),
          AutoPad.SAME_UPPER,
          false);
    }

    private Conv recurrent() {
      return new Conv(window(), 1);
    }

    private String recurrentKernel() {
      return kernel(layer, "recurrent_kernel", window(), filters, 4 * filters);
    }
  }
}
