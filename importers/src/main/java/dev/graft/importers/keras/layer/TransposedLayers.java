package dev.graft.importers.keras.layer;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions backwards. */
final class TransposedLayers {

  static final List<KerasLayer> ALL =
      List.of(transposed("Conv1DTranspose", 1), transposed("Conv2DTranspose", 2));

  private TransposedLayers() {}

  private static KerasLayer transposed(String name, int axes) {
    return KerasLayer.of(name, layer -> read(layer, axes)).with(KerasLayer::kernelAndBias);
  }

  /** Kernel {@code [k…, filters, in]}. */
  private static String read(LayerCursor layer, int axes) {
    LayerConfig config = layer.config();
    String x = layer.input();
    int in = layer.channels(x);
    int filters = config.integer("filters");
    List<Integer> kernel = config.integers("kernel_size", axes, 0);
    List<Integer> sizes = new ArrayList<>(kernel);
    sizes.addAll(List.of(filters, in));
    int[] inOutSpatial =
        IntStream.concat(IntStream.of(axes + 1, axes), IntStream.range(0, axes)).toArray();
    String weight =
        layer.weight(
            "kernel",
            () -> Permuted.of(Kernels.read(layer, "kernel", axes, Shape.of(sizes)), inOutSpatial));
    ConvTranspose op = op(config, kernel);
    String first = layer.channelsFirst(x);
    String y =
        config.bool("use_bias", true)
            ? layer.emit(op, first, weight, layer.weight("bias", Shape.of(filters)))
            : layer.emit(op, first, weight);
    return Activations.apply(layer, layer.channelsBack(y));
  }

  /**
   * What of the output a position of the input adds, {@code stride} elements unless the config says
   * otherwise, decides how much of the kernel's reach is cut off, half of it before.
   */
  private static ConvTranspose op(LayerConfig config, List<Integer> kernel) {
    int axes = kernel.size();
    List<Integer> strides = config.integers("strides", axes, 1);
    List<Integer> dilations = config.integers("dilation_rate", axes, 1);
    boolean same = config.text("padding", "valid").equals("same");
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * axes, 0));
    List<Integer> more = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      int reach = (kernel.get(axis) - 1) * dilations.get(axis) + 1;
      int stride = strides.get(axis);
      int last = same ? stride : Math.max(reach, stride);
      if (config.has("output_padding")) {
        int cut = same ? 2 * (reach / 2) : 0;
        last = reach - cut + config.integers("output_padding", axes, 0).get(axis);
      }
      int cut = Math.max(0, reach - last);
      pads.set(axis, cut / 2);
      pads.set(axes + axis, cut - cut / 2);
      more.add(last - (reach - cut));
    }
    Window window = new Window(kernel, strides, dilations, pads, AutoPad.NOTSET, false);
    return new ConvTranspose(window, more, config.integer("groups", 1));
  }
}
