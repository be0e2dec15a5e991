package dev.graft.importers.keras.layer;

import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** Convolutions with a kernel of its own for each position: a product for each of them. */
final class LocalLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("LocallyConnected1D", layer -> local(layer, 1))
              .with(KerasLayer::kernelAndBias),
          KerasLayer.of("LocallyConnected2D", layer -> local(layer, 2))
              .with(KerasLayer::kernelAndBias));

  private LocalLayers() {}

  /** Kernel {@code [positions, kH kW C, filters]}, bias {@code [H,W,filters]}. */
  private static String local(LayerCursor layer, int axes) {
    LayerConfig config = layer.config();
    if (config.integer("implementation", 1) != 1) {
      throw layer.unsupported("implementation " + config.integer("implementation"));
    }
    List<Integer> kernel = config.integers("kernel_size", axes, 0);
    List<Integer> strides = config.integers("strides", axes, 1);
    int filters = config.integer("filters");
    String x = layer.input();
    if (config.channelsFirst()) {
      x = layer.step("channels_last", new Transpose(LayerCursor.toLast(axes + 2)), x);
    }
    Shape shape = layer.shape(x);
    List<Integer> out = new ArrayList<>();
    int positions = 1;
    int taps = 1;
    for (int axis = 0; axis < axes; axis++) {
      out.add((shape.size(axis + 1) - kernel.get(axis)) / strides.get(axis) + 1);
      positions = Math.multiplyExact(positions, out.get(axis));
      taps = Math.multiplyExact(taps, kernel.get(axis));
    }
    int channels = shape.size(axes + 1);
    String patches = patches(layer, x, kernel, strides, out, taps);
    // [N,P,K] to [P,N,K]: a product for each position.
    String rows = layer.step("rows", new Reshape(List.of(-1, positions, taps * channels)), patches);
    String first = layer.step("positions_first", new Transpose(List.of(1, 0, 2)), rows);
    Shape weights = Shape.of(positions, taps * channels, filters);
    Tensor bias = config.bool("use_bias", true) ? bias(layer, out, filters) : null;
    String y =
        layer.emit(
            new MatMul(), first, layer.weight("kernel", () -> kernel(layer, weights, channels)));
    y = layer.step("samples_first", new Transpose(List.of(1, 0, 2)), y);
    List<Integer> sizes = new ArrayList<>(List.of(-1));
    sizes.addAll(out);
    sizes.add(filters);
    y = layer.step("places", new Reshape(sizes), y);
    if (bias != null) {
      y = layer.step("add", new Add(), y, layer.weight("bias", () -> bias));
    }
    y = Activations.apply(layer, y);
    return config.channelsFirst()
        ? layer.step("channels_first", new Transpose(LayerCursor.toFirst(axes + 2)), y)
        : y;
  }

  /**
   * Of channels first, the file has the channels before the taps: {@code [positions, C kH kW, …]}.
   */
  private static Tensor kernel(LayerCursor layer, Shape shape, int channels) {
    Tensor stored = layer.array("kernel", shape);
    if (!layer.config().channelsFirst()) {
      return stored;
    }
    int taps = shape.size(1) / channels;
    Tensor split = stored.reshape(Shape.of(shape.size(0), channels, taps, shape.size(2)));
    return Permuted.of(split, 0, 2, 1, 3).reshape(shape);
  }

  private static Tensor bias(LayerCursor layer, List<Integer> out, int filters) {
    List<Integer> last = new ArrayList<>(out);
    last.add(filters);
    Tensor stored = layer.array("bias", Shape.of(last));
    if (!layer.config().channelsFirst()) {
      return stored;
    }
    // Keras stores it with the filters last, and reads the same numbers with the filters first.
    List<Integer> first = new ArrayList<>(List.of(filters));
    first.addAll(out);
    Tensor taken = stored.reshape(Shape.of(first));
    return out.size() == 1 ? Permuted.of(taken, 1, 0) : Permuted.of(taken, 1, 2, 0);
  }

  /** {@code [N,H,W,kH kW C]}: what each tap meets, side by side. */
  private static String patches(
      LayerCursor layer,
      String x,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> out,
      int taps) {
    List<String> parts = new ArrayList<>();
    for (int tap = 0; tap < taps; tap++) {
      List<Long> starts = new ArrayList<>();
      List<Long> ends = new ArrayList<>();
      List<Integer> along = new ArrayList<>();
      List<Long> steps = new ArrayList<>();
      int rest = tap;
      for (int axis = kernel.size() - 1; axis >= 0; axis--) {
        long start = rest % kernel.get(axis);
        rest /= kernel.get(axis);
        starts.add(start);
        ends.add(start + (long) (out.get(axis) - 1) * strides.get(axis) + 1);
        along.add(axis + 1);
        steps.add((long) strides.get(axis));
      }
      parts.add(layer.step("tap", new Slice(starts, ends, along, steps), x));
    }
    return parts.size() == 1
        ? parts.get(0)
        : layer.step("patches", new Concat(-1), parts.toArray(String[]::new));
  }
}
