package dev.graft.importers.keras.layer;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a recurrent layer: in Keras {@code kernel [in,G H]}, {@code recurrent_kernel [H,G
 * H]} and {@code bias [G H]}, or {@code [2,G H]} where the state's products have one too; in the
 * graph {@code [1,G H,in]}, {@code [1,G H,H]} and as many biases, with the gates in ONNX's order.
 */
final class RecurrentWeights {

  private static final String CELL = "cell";

  private final LayerCursor layer;
  private final RecurrentKind kind;
  private final int units;

  RecurrentWeights(LayerCursor layer, RecurrentKind kind) {
    this.layer = layer;
    this.kind = kind;
    this.units = layer.config().integer("units");
  }

  /** What a file holds of a layer. */
  static List<WeightSlot> slots(LayerConfig config, RecurrentKind kind) {
    List<WeightSlot> slots = new ArrayList<>();
    if (isSplit(config, kind)) {
      for (char gate : kind.oldGates().toCharArray()) {
        for (String part : List.of("W_", "U_", "b_")) {
          slots.add(new WeightSlot(CELL, part + gate, true));
        }
      }
      return slots;
    }
    slots.add(new WeightSlot(CELL, "kernel", true));
    slots.add(new WeightSlot(CELL, "recurrent_kernel", true));
    if (config.bool("use_bias", true)) {
      slots.add(new WeightSlot(CELL, "bias", true));
    }
    return slots;
  }

  /** Keras 1 keeps each gate apart, unless it was told to save time on a GPU. */
  private static boolean isSplit(LayerConfig config, RecurrentKind kind) {
    return config.origin().major() == 1
        && kind.gates().size() > 1
        && !config.text("consume_less", "cpu").equals("gpu");
  }

  /** {@code [1,G H,in]}. */
  String features(int in) {
    return layer.weight("kernel", () -> turned(matrix("W_", "kernel", in)));
  }

  /** {@code [1,G H,H]}. */
  String state() {
    return layer.weight("recurrent_kernel", () -> turned(matrix("U_", "recurrent_kernel", units)));
  }

  private int width() {
    return kind.gates().size() * units;
  }

  private Tensor matrix(String old, String slot, int rows) {
    if (!isSplit(layer.config(), kind)) {
      return layer.array(CELL + "/" + slot, Shape.of(rows, width()));
    }
    float[] joined = new float[rows * width()];
    for (int gate = 0; gate < kind.gates().size(); gate++) {
      Tensor part =
          layer.array(CELL + "/" + old + kind.fused().charAt(gate), Shape.of(rows, units));
      float[] values = part.toArray();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(values, row * units, joined, row * width() + gate * units, units);
      }
    }
    return Tensor.of(Shape.of(rows, width()), joined);
  }

  /** {@code [rows,G H]} of Keras to {@code [1,G H,rows]} of ONNX. */
  private Tensor turned(Tensor matrix) {
    int rows = matrix.shape().size(0);
    float[] from = Permuted.of(matrix, 1, 0).toArray();
    float[] to = new float[from.length];
    copyGates(from, 0, to, 0, units * rows);
    return Tensor.of(Shape.of(1, width(), rows), to);
  }

  private void copyGates(float[] from, int start, float[] to, int target, int size) {
    for (int gate = 0; gate < kind.gates().size(); gate++) {
      System.arraycopy(from, start + kind.gates().get(gate) * size, to, target + gate * size, size);
    }
  }

  /** {@code [1,G H]}, or twice as many where there are two; the empty name where there is none. */
  String bias() {
    if (!layer.config().bool("use_bias", true)) {
      return "";
    }
    return layer.weight(
        "bias",
        () -> {
          float[] stored = storedBias();
          float[] ordered = new float[stored.length];
          for (int start = 0; start < stored.length; start += width()) {
            copyGates(stored, start, ordered, start, units);
          }
          return Tensor.of(Shape.of(1, ordered.length), ordered);
        });
  }

  private float[] storedBias() {
    if (isSplit(layer.config(), kind)) {
      float[] joined = new float[width()];
      for (int gate = 0; gate < kind.gates().size(); gate++) {
        Tensor part = layer.array(CELL + "/b_" + kind.fused().charAt(gate), Shape.of(units));
        System.arraycopy(part.toArray(), 0, joined, gate * units, units);
      }
      return joined;
    }
    Tensor stored =
        RecurrentKind.hasTwoBiases(layer.config())
            ? layer.array(CELL + "/bias", Shape.of(2, width()), Shape.of(2 * width()))
            : layer.array(CELL + "/bias", Shape.of(width()));
    return stored.toArray();
  }
}
