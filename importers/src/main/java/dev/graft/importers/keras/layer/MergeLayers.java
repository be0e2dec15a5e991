package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.MatMul;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.List;
import java.util.Locale;

/** Layers that join several values into one. */
final class MergeLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Add", layer -> folded(layer, new Add())),
          KerasLayer.of("Multiply", layer -> folded(layer, new Mul())),
          KerasLayer.of("Maximum", layer -> folded(layer, new Max())),
          KerasLayer.of("Minimum", layer -> folded(layer, new Min())),
          KerasLayer.of("Dot", MergeLayers::dot),
          KerasLayer.of("Subtract", MergeLayers::subtract),
          KerasLayer.of("Average", MergeLayers::average),
          KerasLayer.of("Concatenate", layer -> concatenate(layer, "axis")),
          KerasLayer.of("Merge", MergeLayers::merge));

  private MergeLayers() {}

  /** Layers of Keras 1 name what they do. */
  private static String merge(LayerCursor layer) {
    String mode = layer.config().text("merge", "sum");
    return switch (mode) {
      case "sum" -> folded(layer, new Add());
      case "mul" -> folded(layer, new Mul());
      case "ave" -> average(layer);
      case "max" -> folded(layer, new Max());
      case "concat" -> concatenate(layer, "concat_axis");
      default -> throw layer.unsupported("the mode " + mode);
    };
  }

  /** From the left: the last operation has the layer's name. */
  private static String folded(LayerCursor layer, Op op) {
    List<String> xs = several(layer);
    String sum = xs.get(0);
    for (int i = 1; i < xs.size(); i++) {
      boolean last = i == xs.size() - 1;
      sum = layer.step(last ? "" : op.type().toLowerCase(Locale.ROOT), op, sum, xs.get(i));
    }
    return sum;
  }

  private static List<String> several(LayerCursor layer) {
    List<String> xs = layer.inputs();
    if (xs.isEmpty()) {
      throw new ImportException("reads nothing");
    }
    int rank = layer.rank(xs.get(0));
    if (xs.stream().anyMatch(x -> layer.rank(x) != rank)) {
      throw layer.unsupported(
          "joining values of several ranks: " + xs.stream().map(layer::shape).toList());
    }
    return xs;
  }

  private static String subtract(LayerCursor layer) {
    if (layer.inputs().size() != 2) {
      throw new ImportException("expects two inputs, found " + layer.inputs().size());
    }
    return folded(layer, new Sub());
  }

  private static String average(LayerCursor layer) {
    int count = layer.inputs().size();
    String sum = folded(layer, new Add());
    return layer.step("mean", new Mul(), sum, layer.constant("share", 1.0 / count));
  }

  private static String concatenate(LayerCursor layer, String setting) {
    List<String> xs = several(layer);
    int axis = layer.config().integer(setting, -1);
    return xs.size() == 1 ? xs.get(0) : layer.emit(new Concat(axis), xs.toArray(String[]::new));
  }

  /** The product along an axis of each, all others of the second behind those of the first. */
  private static String dot(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.bool("normalize", false) || layer.inputs().size() != 2) {
      throw layer.unsupported("a Dot that normalizes, or of other than two inputs");
    }
    List<Integer> axes = config.integers("axes", 2, -1);
    String a = layer.inputs().get(0);
    String b = layer.inputs().get(1);
    int left = layer.shape(a).axis(axes.get(0));
    int right = layer.shape(b).axis(axes.get(1));
    boolean vectors = layer.rank(a) == 2 && layer.rank(b) == 2;
    if (vectors && left == 1 && right == 1) {
      String row = layer.step("row", new Unsqueeze(List.of(1)), a);
      String column = layer.step("column", new Unsqueeze(List.of(2)), b);
      return layer.step("flatten", new Flatten(1), layer.emit(new MatMul(), row, column));
    }
    if (layer.rank(a) != 3 || layer.rank(b) != 3 || left == 0 || right == 0) {
      throw layer.unsupported(
          "a Dot of " + layer.shape(a) + " and " + layer.shape(b) + " along " + axes);
    }
    Transpose turned = new Transpose(List.of(0, 2, 1));
    return layer.emit(
        new MatMul(),
        left == 2 ? a : layer.step("turn", turned, a),
        right == 1 ? b : layer.step("turn", turned, b));
  }
}
