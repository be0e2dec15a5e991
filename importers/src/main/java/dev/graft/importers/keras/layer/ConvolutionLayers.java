package dev.graft.importers.keras.layer;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions over one and two spatial axes: plain, depthwise and separable. */
final class ConvolutionLayers {

  static final List<KerasLayer> ALL =
      List.of(
          convolution("Conv1D", 1),
          convolution("Conv2D", 2),
          depthwise("DepthwiseConv1D", 1),
          depthwise("DepthwiseConv2D", 2),
          separable("SeparableConv1D", 1),
          separable("SeparableConv2D", 2));

  private static final String DEPTHWISE = "depthwise_kernel";
  private static final String POINTWISE = "pointwise_kernel";

  private ConvolutionLayers() {}

  private static KerasLayer convolution(String name, int axes) {
    return KerasLayer.of(name, layer -> convolution(layer, axes)).with(KerasLayer::kernelAndBias);
  }

  private static KerasLayer depthwise(String name, int axes) {
    return KerasLayer.of(name, layer -> depthwise(layer, axes)).with(KerasLayer::kernelAndBias);
  }

  private static KerasLayer separable(String name, int axes) {
    return KerasLayer.of(name, layer -> separable(layer, axes))
        .with(
            config ->
                withBias(config, WeightSlot.trained(DEPTHWISE), WeightSlot.trained(POINTWISE)));
  }

  private static List<WeightSlot> withBias(LayerConfig config, WeightSlot... kernels) {
    List<WeightSlot> slots = new ArrayList<>(List.of(kernels));
    if (config.bool("use_bias", true)) {
      slots.add(WeightSlot.trained("bias"));
    }
    return slots;
  }

  /** Kernel {@code [k…, in / groups, filters]}. */
  private static String convolution(LayerCursor layer, int axes) {
    LayerConfig config = layer.config();
    String x = layer.input();
    int groups = config.integer("groups", 1);
    int filters = config.integer("filters");
    Window window = Windows.convolution(config, axes);
    Shape shape = kernelShape(window, layer.channels(x) / Math.max(1, groups), filters);
    String kernel =
        layer.weight(
            "kernel",
            () -> Permuted.of(Kernels.read(layer, "kernel", axes, shape), outInSpatial(axes)));
    String y =
        convolve(layer, "", new Conv(window, groups), layer.channelsFirst(x), kernel, filters);
    return Activations.apply(layer, layer.channelsBack(y));
  }

  /** {@code [k…, in, out]} to {@code [out, in, k…]}. */
  private static int[] outInSpatial(int axes) {
    return IntStream.concat(IntStream.of(axes + 1, axes), IntStream.range(0, axes)).toArray();
  }

  private static Shape kernelShape(Window window, int in, int out) {
    List<Integer> sizes = new ArrayList<>(window.kernel());
    sizes.addAll(List.of(in, out));
    return Shape.of(sizes);
  }

  /** With a bias behind it, if the layer has one. */
  private static String convolve(
      LayerCursor layer, String suffix, Conv conv, String x, String kernel, int filters) {
    return layer.config().bool("use_bias", true)
        ? layer.step(suffix, conv, x, kernel, layer.weight("bias", Shape.of(filters)))
        : layer.step(suffix, conv, x, kernel);
  }

  /** Kernel {@code [k…, in, multiplier]}: filter {@code i multiplier + m} reads channel i alone. */
  private static String depthwise(LayerCursor layer, int axes) {
    String x = layer.input();
    int in = layer.channels(x);
    Window window = Windows.convolution(layer.config(), axes);
    int multiplier = layer.config().integer("depth_multiplier", 1);
    String kernel = depthwiseKernel(layer, "kernel", window, in, multiplier);
    Conv conv = new Conv(window, in);
    String y = convolve(layer, "", conv, layer.channelsFirst(x), kernel, in * multiplier);
    return Activations.apply(layer, layer.channelsBack(y));
  }

  private static String depthwiseKernel(
      LayerCursor layer, String slot, Window window, int in, int multiplier) {
    int axes = window.axes();
    List<Integer> sizes = new ArrayList<>(List.of(in * multiplier, 1));
    sizes.addAll(window.kernel());
    return layer.weight(
        slot,
        () -> {
          Tensor stored = layer.array(slot, kernelShape(window, in, multiplier));
          int[] order =
              IntStream.concat(IntStream.of(axes, axes + 1), IntStream.range(0, axes)).toArray();
          return Permuted.of(stored, order).reshape(Shape.of(sizes));
        });
  }

  /** A depthwise convolution, then one of 1x1 with the bias. */
  private static String separable(LayerCursor layer, int axes) {
    LayerConfig config = layer.config();
    String x = layer.input();
    int in = layer.channels(x);
    Window window = Windows.convolution(config, axes);
    int multiplier = config.integer("depth_multiplier", 1);
    int filters = config.integer("filters");
    String depthwise = depthwiseKernel(layer, DEPTHWISE, window, in, multiplier);
    Window point = pointwise(axes);
    String pointwise =
        layer.weight(
            POINTWISE,
            () ->
                Permuted.of(
                    layer.array(POINTWISE, kernelShape(point, in * multiplier, filters)),
                    outInSpatial(axes)));
    String y = layer.step("depthwise", new Conv(window, in), layer.channelsFirst(x), depthwise);
    y = convolve(layer, "", new Conv(point, 1), y, pointwise, filters);
    return Activations.apply(layer, layer.channelsBack(y));
  }

  private static Window pointwise(int axes) {
    return axes == 2
        ? Window.square(1, 1, 0)
        : new Window(List.of(1), List.of(1), List.of(1), List.of(0, 0), AutoPad.NOTSET, false);
  }
}
